// An answer as one JSON body, whatever a dialect's body looks like, with our own headers on where it came from.

import type { CompletionResult } from "../../../shared/completion.ts";
import { sendJson } from "../response/answer.ts";
import type { RequestContext } from "../request/request-context.ts";
import { type AnswerFormat, answerHeaders, toReply } from "./format.ts";

export function createWholeFormat(
  context: RequestContext,
  toBody: (result: CompletionResult) => unknown,
): AnswerFormat {
  return {
    partial: undefined,
    finish: (result) => sendJson(context, 200, toBody(result), answerHeaders(toReply(result, undefined))),
    fail: () => undefined,
  };
}
