// `POST {proxy}/v1/engines/{model}/completions`: the request and the head of its answer. The pieces are read by
// `completion-pieces.ts`.

import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { keepLast } from "../../runtime/memoize.ts";
import type { Question } from "../http/ask.ts";
import { completionPieces } from "./completion-pieces.ts";
import { type HeaderList, headerList } from "../http/dispatch.ts";
import type { Endpoints } from "./endpoints.ts";
import { authorization } from "../identity.ts";
import { refused } from "../http/json-answer.ts";
import type { CompletionStream, CompletionsCall, CopilotApi } from "../types.ts";

export interface CompletionsIdentity {
  /** One per run of the program. */
  readonly sessionId: string;
  /** One per machine, opaque. */
  readonly machineId: string;
}

/** What is the same in all requests to one engine in one session, but the token. */
interface Address {
  readonly url: string;
  readonly headers: HeaderList;
}

export function createCompletions(
  endpoints: Endpoints,
  identity: () => CompletionsIdentity,
): CopilotApi["openCompletions"] {
  const addressOf = keepLast(
    (
      client: Readonly<Record<string, string>>,
      sessionId: string,
      machineId: string,
      proxy: string,
      model: string,
    ): Address => ({
      url: `${proxy}/v1/engines/${encodeURIComponent(model)}/completions`,
      headers: headerList({
        ...client,
        accept: "text/event-stream",
        "content-type": "application/json",
        "openai-organization": "github-copilot",
        "openai-intent": "copilot-ghost",
        "x-github-api-version": "2026-01-09",
        "x-copilot-async": "true",
        "vscode-sessionid": sessionId,
        "vscode-machineid": machineId,
      }),
    }),
  );
  return (ctx, call) => {
    const { sessionId, machineId } = identity();
    const { session, model } = call;
    const address = addressOf(endpoints.identity(), sessionId, machineId, session.endpoints.proxy, model);
    return open(endpoints, address, ctx, call);
  };
}

async function open(
  endpoints: Endpoints,
  { url, headers: steadyHeaders }: Address,
  ctx: Ctx,
  { session, body, requestId, speculative }: CompletionsCall,
): Promise<CompletionStream> {
  const secrets = [session.token];
  const question: Question = {
    method: "POST",
    url,
    headers: [
      ...steadyHeaders,
      "authorization",
      authorization(session.token),
      "x-request-id",
      requestId,
      "x-copilot-speculative",
      speculative ? "true" : "false",
    ],
    body: JSON.stringify(body),
    what: "the completion",
    secrets,
  };
  const answer = await endpoints.asker.ask(ctx, question);
  const { status, headers } = answer;
  if (status !== 200 || /html/i.test(headers.get("content-type") ?? "")) {
    throw forSession(await refused(endpoints.clock, answer, question));
  }
  return {
    pieces: completionPieces(answer, { choices: body.n, secrets, log: ctx.log, id: ctx.id }),
  };
}

/** Here 401 speaks of the session token, which is renewed without the person. */
function forSession(error: CopilotError): CopilotError {
  if (error.code !== "signed-out") return error;
  return new CopilotError("signed-out", error.message, {
    advice: "The session is renewed by itself; if it stays so, sign in again.",
    ...(error.httpStatus === undefined ? {} : { httpStatus: error.httpStatus }),
  });
}
