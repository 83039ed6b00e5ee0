// An answer as a stream of frames, whatever a dialect's frames look like: each piece of each alternative as it comes,
// what the pieces left out, and an end.

import type { CompletionResult, PartialSink } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { CompleteChoice } from "../../../shared/http.ts";
import { numberOf } from "../response/alternatives.ts";
import type { Exchange } from "../request/exchange.ts";
import { type Problem, problemOf } from "../response/problem.ts";
import { StreamedAnswer } from "../response/stream.ts";
import type { AnswerFormat } from "./format.ts";

export interface Framing {
  readonly contentType: string;
  piece(piece: CompleteChoice): string;
  end(result: CompletionResult): string;
  /** Told after the head has gone out, in place of the end. */
  failure(problem: Problem): string;
}

/** A server-sent event without a name, as most dialects frame their JSON. */
export function dataEvent(data: unknown): string {
  return writtenEvent(JSON.stringify(data));
}

/** The same of data that is written already. */
export function writtenEvent(data: string): string {
  return `data: ${data}\n\n`;
}

export class FramedFormat implements AnswerFormat {
  readonly #exchange: Exchange;
  readonly #framing: Framing;
  readonly #stream: StreamedAnswer;
  /** By the number of the alternative. */
  readonly #received: string[] = [];

  constructor(exchange: Exchange, framing: Framing) {
    this.#exchange = exchange;
    this.#framing = framing;
    this.#stream = new StreamedAnswer(exchange, ["Content-Type", framing.contentType], "in-chunks");
  }

  readonly partial: PartialSink = ({ index, text }) => {
    if (text === "") return undefined;
    this.#received[index] = (this.#received[index] ?? "") + text;
    return this.#stream.write(this.#framing.piece({ index, text }));
  };

  finish(result: CompletionResult): void {
    const items = result.kind === "items" ? result.items : [];
    let frames = "";
    for (const [place, item] of items.entries()) {
      const index = numberOf(item, place);
      const text = this.#leftOver(index, item.text);
      if (text !== "") frames += this.#framing.piece({ index, text });
    }
    this.#stream.end(frames + this.#framing.end(result));
  }

  fail(error: unknown): void {
    const { ctx, response } = this.#exchange;
    this.#stream.flush();
    if (!this.#stream.hasBegun() || response.writableEnded || ctx.signal.aborted) return;
    response.end(this.#framing.failure(problemOf(error)));
  }

  #leftOver(index: number, text: string): string {
    const sent = this.#received[index] ?? "";
    if (text.startsWith(sent)) return text.slice(sent.length);
    throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
  }
}
