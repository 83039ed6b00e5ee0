// `text/plain`: the first alternative and nothing else, written as it is produced. What breaks off is cut, so that no
// script takes half an answer for a whole one.

import { CopilotError } from "../../../shared/errors.ts";
import { sendText } from "../answer.ts";
import type { Exchange } from "../exchange.ts";
import { createPairKeeper, createStreamedAnswer } from "../stream.ts";
import { type AnswerFormat, answerHeaders, toReply } from "./format.ts";

/** `model` is what the head of a streamed answer names: its source is known only at the end, so it names none. */
export function createTextFormat(exchange: Exchange, model: string | undefined): AnswerFormat {
  const stream = createStreamedAnswer(
    exchange,
    answerHeaders({ model }).concat("Content-Type", "text/plain; charset=utf-8"),
    "by-length",
  );
  const keepPairs = createPairKeeper();
  let received = "";
  return {
    partial({ index, text }) {
      if (index !== 0) return undefined;
      received += text;
      const piece = keepPairs(text);
      return piece === "" ? undefined : stream.write(piece);
    },
    finish(result) {
      const reply = toReply(result, undefined);
      if (!stream.hasBegun()) {
        sendText(exchange, reply.text, answerHeaders(reply));
        return;
      }
      if (!reply.text.startsWith(received)) {
        throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
      }
      stream.end(keepPairs(reply.text.slice(received.length)));
    },
    fail: stream.flush,
  };
}
