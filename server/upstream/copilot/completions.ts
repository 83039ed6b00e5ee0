// `POST {proxy}/v1/engines/{model}/completions`: the request.

import { CopilotError } from "../../../shared/errors.ts";
import type { HttpRequest } from "../http/http-client.ts";
import { authorization } from "../identity.ts";
import type { CopilotApi } from "../types.ts";
import { openCompletionStream } from "./completion-stream.ts";
import type { Endpoints } from "./endpoints.ts";

export interface CompletionsIdentity {
  /** One per run of the program. */
  readonly sessionId: string;
  /** One per machine, opaque. */
  readonly machineId: string;
}

export function createCompletions(
  endpoints: Endpoints,
  identity: () => CompletionsIdentity,
): CopilotApi["openCompletions"] {
  return async (ctx, { session, model, body, requestId, speculative }) => {
    const { sessionId, machineId } = identity();
    const request: HttpRequest = {
      method: "POST",
      url: `${session.endpoints.proxy}/v1/engines/${pathSegment(model)}/completions`,
      headers: {
        ...endpoints.identity(),
        accept: "text/event-stream",
        "content-type": "application/json",
        "openai-organization": "github-copilot",
        "openai-intent": "copilot-ghost",
        "x-github-api-version": "2026-01-09",
        "x-copilot-async": "true",
        "vscode-sessionid": sessionId,
        "vscode-machineid": machineId,
        authorization: authorization(session.token),
        "x-request-id": requestId,
        "x-copilot-speculative": speculative ? "true" : "false",
      },
      body: JSON.stringify(body),
      what: "the completion",
      secrets: [session.token],
    };
    return openCompletionStream(endpoints, ctx, session, request, { choices: body.n, maxTokens: body.max_tokens });
  };
}

/** Dot segments would lead to another path of the host, with the token; a lone surrogate has no encoding. */
function pathSegment(model: string): string {
  try {
    if (!/^\.*$/.test(model)) return encodeURIComponent(model);
  } catch {
    // Told below.
  }
  throw new CopilotError("bad-request", "The name of the model is not one that a model can have.", {
    advice: "Leave completion.model empty, or name a model that the service lists.",
  });
}
