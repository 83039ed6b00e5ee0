// `text/event-stream`: a `text` event for each piece of each alternative, then `done` with the whole, or `error`. A
// stream that ends with neither has broken off.

import type { PromptRequest } from "../../../shared/completion.ts";
import type { RequestContext } from "../request/request-context.ts";
import { plainErrors } from "../response/error-format.ts";
import { type AnswerFormat, toReply } from "./format.ts";
import { createFramedFormat, eventStream } from "./framed.ts";

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

export function createEventFormat(context: RequestContext, request: PromptRequest): AnswerFormat {
  return createFramedFormat(context, {
    contentType: eventStream,
    piece: (piece) => event("text", piece),
    end: (result) => event("done", toReply(result, request.n)),
    failure: (problem) => event("error", plainErrors(problem)),
  });
}
