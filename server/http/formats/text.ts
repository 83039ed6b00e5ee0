// `text/plain`: the first alternative and nothing else, written as it is produced. An answer that breaks off is cut, so
// that no script takes half of one for the whole.

import { CopilotError } from "../../../shared/errors.ts";
import type { RequestContext } from "../request/request-context.ts";
import { sendText } from "../response/answer.ts";
import { beginStream, writePiece } from "../response/stream.ts";
import { type AnswerFormat, answerHeaders, toReply } from "./format.ts";

/** `model`: what the head of a streamed answer names, known by its first text; its source is known only at the end. */
export function createTextFormat(context: RequestContext, model: () => string | undefined): AnswerFormat {
  const { response } = context;
  let received = "";
  // Half a surrogate pair, until its other half comes: alone it could not be written as UTF-8.
  let half = "";

  const wholePairs = (text: string): string => {
    const whole = half + text;
    half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : "";
    return half === "" ? whole : whole.slice(0, -1);
  };

  return {
    partial({ index, text }) {
      if (index !== 0) return undefined;
      received += text;
      const piece = wholePairs(text);
      if (piece === "") return undefined;
      beginStream(context, { ...answerHeaders({ model: model() }), "Content-Type": "text/plain; charset=utf-8" });
      return writePiece(context, piece);
    },
    finish(result) {
      const reply = toReply(result, undefined);
      if (!response.headersSent) sendText(context, reply.text, answerHeaders(reply));
      else if (reply.text.startsWith(received)) response.end(wholePairs(reply.text.slice(received.length)));
      else throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
    },
    fail: () => undefined,
  };
}
