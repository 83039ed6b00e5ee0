// `text/event-stream`: a `text` event for each piece of each alternative, then `done` with the whole, or `error`. A
// stream that ends with neither has broken off.

import type { PromptRequest } from "../../../shared/completion.ts";
import { plainDialect } from "../response/error-format.ts";
import type { Exchange } from "../request/exchange.ts";
import { type AnswerFormat, toReply } from "./format.ts";
import { FramedFormat } from "./framed.ts";

const event = (name: string, data: unknown): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

export function createEventFormat(exchange: Exchange, request: PromptRequest): AnswerFormat {
  return new FramedFormat(exchange, {
    contentType: "text/event-stream; charset=utf-8",
    piece: (piece) => event("text", piece),
    end: (result) => event("done", toReply(result, request.n)),
    failure: (problem) => event("error", plainDialect(problem)),
  });
}
