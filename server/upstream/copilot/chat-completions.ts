// `POST {proxy}/chat/completions`: the request and the head of its response. The pieces are read by
// `completion-stream.ts`.

import type { Ctx } from "../../../shared/context.ts";
import type { HttpRequest } from "../http/http-client.ts";
import { refusalOf, refused } from "../http/json-response.ts";
import { authorization } from "../identity.ts";
import type { ChatCall, CompletionStream } from "../types.ts";
import { completionPieces } from "./completion-stream.ts";
import type { Endpoints } from "./endpoints.ts";

/** `interactionId`: one per run of the program. */
export async function openChat(
  endpoints: Endpoints,
  interactionId: string,
  ctx: Ctx,
  { session, body, requestId, maxTokens }: ChatCall,
): Promise<CompletionStream> {
  const secrets = [session.token];
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
    secrets,
  };
  const response = await endpoints.http.request(ctx, request);
  const { status, headers } = response;
  endpoints.readQuotas(session, headers);
  if (status !== 200 || /html|json/i.test(headers["content-type"] ?? "")) {
    throw await refused(endpoints.clock, response, request);
  }
  return {
    pieces: completionPieces(response, {
      choices: body.n,
      maxTokens,
      secrets,
      log: ctx.log,
      id: ctx.id,
      refusal: (text) => refusalOf(endpoints.clock, response, request, text),
    }),
  };
}
