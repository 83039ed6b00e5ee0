// The route table. An own GitHub server has the API under `/api/v3`, with the same paths below it.

import type { Route } from "./route.ts";
import { accessToken } from "./routes/access-token.ts";
import { chatCompletions } from "./routes/chat-completions.ts";
import { completions } from "./routes/completions.ts";
import { contentExclusion } from "./routes/content-exclusion.ts";
import { copilotUser } from "./routes/copilot-user.ts";
import { deviceCode } from "./routes/device-code.ts";
import { devicePage } from "./routes/device-page.ts";
import { embeddingsModels } from "./routes/embeddings-models.ts";
import { login } from "./routes/login.ts";
import { models } from "./routes/models.ts";
import { ping } from "./routes/ping.ts";
import { sessionToken } from "./routes/session-token.ts";
import { experiments, reports } from "./routes/telemetry.ts";

const table: readonly Route[] = [
  accessToken,
  chatCompletions,
  completions,
  contentExclusion,
  copilotUser,
  deviceCode,
  devicePage,
  embeddingsModels,
  experiments,
  login,
  models,
  ping,
  reports,
  sessionToken,
];

export interface FoundRoute {
  readonly route: Route;
  readonly match: RegExpExecArray;
}

export function findRoute(method: string, url: string): FoundRoute | undefined {
  const path = (url.split("?", 1)[0] ?? "").replace(/^\/api\/v3(?=\/)/, "");
  for (const route of table) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match) return { route, match };
  }
  return undefined;
}
