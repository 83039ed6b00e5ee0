// The table of everything that can be asked, sorted by path. One file per route.

import type { RequestContext } from "./request/request-context.ts";
import type { Route } from "./route.ts";
import { createCompleteRoute } from "./routes/complete.ts";
import { createEventsRoute } from "./routes/events.ts";
import { createHealthRoute } from "./routes/health.ts";
import { completionRequest, createLlamaRoute, infillRequest } from "./routes/llama-completion.ts";
import { createLlamaPropsRoute } from "./routes/llama-props.ts";
import { createMetricsRoute } from "./routes/metrics.ts";
import { createMistralFimRoute } from "./routes/mistral-fim.ts";
import { createNextEditRoute } from "./routes/next-edit.ts";
import { createOllamaGenerateRoute } from "./routes/ollama-generate.ts";
import { createOpenaiCompletionsRoute } from "./routes/openai-completions.ts";
import { createOpenaiModelsRoute } from "./routes/openai-models.ts";
import type { PageDeps } from "./page/deps.ts";
import { createPageRoutes } from "./page/routes.ts";
import { createRoleRoute } from "./routes/role.ts";
import { createRoleReleaseRoute } from "./routes/role-release.ts";
import { createSignInRoute } from "./routes/sign-in.ts";
import { createSignOutRoute } from "./routes/sign-out.ts";
import { createStatusRoute } from "./routes/status.ts";

export interface RouteDeps extends PageDeps {
  /** All counts, as Prometheus reads them. */
  readonly metrics: () => string;
  /** Shows that this process belongs to the person with the token, which has to be kept safely. */
  readonly prove: (port: number, challenge: string) => string | undefined;
  /** Takes a request that waits for the port out of all counts; false when there are too many. */
  readonly detach: (context: RequestContext) => boolean;
  readonly handOver: () => void;
}

export function createRoutes(deps: RouteDeps): readonly Route[] {
  return [
    createCompleteRoute(deps, "/"),
    createCompleteRoute(deps, "/api"),
    createOllamaGenerateRoute(deps, "/api/generate"),
    createCompleteRoute(deps, "/complete"),
    createLlamaRoute(deps, "/completion", completionRequest),
    createEventsRoute(deps, "/events"),
    createHealthRoute(deps, "/health"),
    createLlamaRoute(deps, "/infill", infillRequest),
    createMetricsRoute(deps, "/metrics"),
    createNextEditRoute(deps, "/next-edit"),
    ...createPageRoutes(deps),
    createLlamaPropsRoute(deps, "/props"),
    createRoleRoute(deps, "/role"),
    createRoleReleaseRoute(deps, "/role/release"),
    createSignInRoute(deps, "/signin"),
    createSignOutRoute(deps, "/signout"),
    createStatusRoute(deps, "/status"),
    createOpenaiCompletionsRoute(deps, "/v1/completions"),
    createOpenaiCompletionsRoute(deps, "/v1/engines/{model}/completions"),
    createMistralFimRoute(deps, "/v1/fim/completions"),
    createOpenaiModelsRoute(deps, "/v1/models"),
  ];
}
