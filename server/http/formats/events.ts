// `text/event-stream`: a `text` event for each piece of each alternative, then `done` with the whole, or `error`. A
// stream that ends with neither has broken off.

import type { PromptRequest } from "../../../shared/completion.ts";
import type { RequestContext } from "../request/request-context.ts";
import { plainErrors } from "../response/error-format.ts";
import { type AnswerFormat, toReply } from "./format.ts";
import { createFramedFormat, eventStream, namedEvent } from "./framed.ts";

export function createEventFormat(context: RequestContext, request: PromptRequest): AnswerFormat {
  return createFramedFormat(context, {
    contentType: eventStream,
    piece: (piece) => namedEvent("text", piece),
    end: (result) => namedEvent("done", toReply(result, request.n)),
    failure: (problem) => namedEvent("error", plainErrors(problem)),
  });
}
