// `text/plain`: the first alternative and nothing else, written as it is produced. What breaks off is cut, so that no
// script takes half an answer for a whole one.

import type { CompletionResult, PartialSink } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { sendText } from "../response/answer.ts";
import type { Exchange } from "../request/exchange.ts";
import type { HeadLines } from "../response/head.ts";
import { StreamedAnswer } from "../response/stream.ts";
import { type AnswerFormat, answerHeaders, toReply } from "./format.ts";

/** What the head of a streamed answer says of it: its source is known only at the end, so it names none. */
export function streamedTextHead(model: string | undefined): Readonly<HeadLines> {
  return answerHeaders({ model }).concat("Content-Type", "text/plain; charset=utf-8");
}

export class TextFormat implements AnswerFormat {
  readonly #exchange: Exchange;
  readonly #stream: StreamedAnswer;
  #received = "";
  /** Half a surrogate pair, until its other half comes: alone it could not be written as UTF-8. */
  #half = "";

  /** `head`: of `streamedTextHead`. */
  constructor(exchange: Exchange, head: Readonly<HeadLines>) {
    this.#exchange = exchange;
    this.#stream = new StreamedAnswer(exchange, head, "by-length");
  }

  readonly partial: PartialSink = ({ index, text }) => {
    if (index !== 0) return undefined;
    this.#received += text;
    const piece = this.#wholePairs(text);
    return piece === "" ? undefined : this.#stream.write(piece);
  };

  finish(result: CompletionResult): void {
    const reply = toReply(result, undefined);
    if (!this.#stream.hasBegun()) {
      sendText(this.#exchange, reply.text, answerHeaders(reply));
      return;
    }
    if (!reply.text.startsWith(this.#received)) {
      throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
    }
    this.#stream.end(this.#wholePairs(reply.text.slice(this.#received.length)));
  }

  fail(): void {
    this.#stream.flush();
  }

  #wholePairs(text: string): string {
    const whole = this.#half + text;
    const last = whole.charCodeAt(whole.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    this.#half = isHalf ? whole.slice(-1) : "";
    return isHalf ? whole.slice(0, -1) : whole;
  }
}
