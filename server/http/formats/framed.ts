// An answer as a stream of frames, whatever a dialect's frames look like: each piece of each alternative as it comes,
// what the pieces left out, and an end.

import type { CompletionResult } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { CompleteChoice } from "../../../shared/http.ts";
import { byIndex } from "../alternatives.ts";
import type { Exchange } from "../exchange.ts";
import { type Problem, problemOf } from "../problem.ts";
import { createStreamedAnswer } from "../stream.ts";
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
  return `data: ${JSON.stringify(data)}\n\n`;
}

export function createFramedFormat(exchange: Exchange, framing: Framing): AnswerFormat {
  const { ctx, response } = exchange;
  const received = new Map<number, string>();
  const stream = createStreamedAnswer(exchange, ["Content-Type", framing.contentType], "in-chunks");
  const leftOver = (index: number, text: string): string => {
    const sent = received.get(index) ?? "";
    if (text.startsWith(sent)) return text.slice(sent.length);
    throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
  };
  return {
    partial({ index, text }) {
      if (text === "") return undefined;
      received.set(index, (received.get(index) ?? "") + text);
      return stream.write(framing.piece({ index, text }));
    },
    finish(result) {
      const items = byIndex(result.kind === "items" ? result.items : []);
      const rest = [...items].map(([index, item]) => ({ index, text: leftOver(index, item.text) }));
      const frames = rest.filter(({ text }) => text !== "").map((piece) => framing.piece(piece));
      stream.end(frames.join("") + framing.end(result));
    },
    fail(error) {
      stream.flush();
      if (!stream.hasBegun() || response.writableEnded || ctx.signal.aborted) return;
      response.end(framing.failure(problemOf(error)));
    },
  };
}
