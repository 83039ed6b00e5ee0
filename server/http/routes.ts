// The table of everything that can be asked, sorted by path. One file per route.

import type { ListenerState } from "../../shared/http.ts";
import type { Core } from "../core/types.ts";
import type { Route } from "./exchange.ts";
import { createCompleteRoute } from "./routes/complete.ts";
import { createEventsRoute } from "./routes/events.ts";
import { createHealthRoute } from "./routes/health.ts";
import { completionRequest, createLlamaRoute, infillRequest } from "./routes/llama-completion.ts";
import { createLlamaPropsRoute } from "./routes/llama-props.ts";
import { createMistralFimRoute } from "./routes/mistral-fim.ts";
import { createOllamaGenerateRoute } from "./routes/ollama-generate.ts";
import { createOpenaiCompletionsRoute } from "./routes/openai-completions.ts";
import { createOpenaiModelsRoute } from "./routes/openai-models.ts";
import { createSignInRoute } from "./routes/sign-in.ts";
import { createSignOutRoute } from "./routes/sign-out.ts";
import { createStatusRoute } from "./routes/status.ts";

export interface RouteDeps {
  readonly core: Core;
  readonly version: string;
  readonly pid: number;
  readonly listener: () => ListenerState;
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
    createLlamaPropsRoute(deps, "/props"),
    createSignInRoute(deps, "/signin"),
    createSignOutRoute(deps, "/signout"),
    createStatusRoute(deps, "/status"),
    createOpenaiCompletionsRoute(deps, "/v1/completions"),
    createOpenaiCompletionsRoute(deps, "/v1/engines/{model}/completions"),
    createMistralFimRoute(deps, "/v1/fim/completions"),
    createOpenaiModelsRoute(deps, "/v1/models"),
  ];
}
