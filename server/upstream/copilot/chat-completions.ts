// `POST {proxy}/chat/completions`: the request.

import type { Ctx } from "../../../shared/context.ts";
import type { HttpRequest } from "../http/http-client.ts";
import { authorization } from "../identity.ts";
import type { ChatCall, CompletionStream } from "../types.ts";
import { openCompletionStream } from "./completion-stream.ts";
import type { Endpoints } from "./endpoints.ts";

/** `interactionId`: one per run of the program. */
export function openChat(
  endpoints: Endpoints,
  interactionId: string,
  ctx: Ctx,
  { session, body, requestId, maxTokens }: ChatCall,
): Promise<CompletionStream> {
  const request: HttpRequest = {
    method: "POST",
    url: `${session.endpoints.proxy}/chat/completions`,
    headers: {
      ...endpoints.identity(),
      accept: "text/event-stream",
      "content-type": "application/json",
      "openai-intent": "conversation-other",
      "x-github-api-version": "2026-01-09",
      "x-interaction-id": interactionId,
      "x-interaction-type": "conversation-other",
      "x-initiator": "agent",
      authorization: authorization(session.token),
      "x-request-id": requestId,
      "x-agent-task-id": requestId,
    },
    body: JSON.stringify(body),
    what: "the next edit",
    secrets: [session.token],
  };
  return openCompletionStream(endpoints, ctx, session, request, { choices: body.n, maxTokens });
}
