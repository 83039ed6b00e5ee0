// An answer as a stream of frames, whatever a server's frames look like: each piece of each alternative as it comes,
// what the pieces left out, and an end.

import type { CompletionResult } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { CompleteChoice } from "../../../shared/http.ts";
import type { RequestContext } from "../request/request-context.ts";
import { numberOf } from "../response/alternatives.ts";
import { type Problem, problemOf } from "../response/problem.ts";
import { beginStream, writePiece } from "../response/stream.ts";
import type { AnswerFormat } from "./format.ts";

export interface Framing {
  readonly contentType: string;
  piece(piece: CompleteChoice): string;
  end(result: CompletionResult): string;
  /** Told after the head has gone out, in place of the end. */
  failure(problem: Problem): string;
}

export const eventStream = "text/event-stream; charset=utf-8";

/** A server-sent event. */
export function namedEvent(name: string, data: unknown): string {
  return `event: ${name}\n${dataEvent(data)}`;
}

/** A server-sent event without a name, as most servers frame their JSON. */
export function dataEvent(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** The event that ends a stream of OpenAI's and those that follow it. */
export const doneEvent = "data: [DONE]\n\n";

export function createFramedFormat(context: RequestContext, framing: Framing): AnswerFormat {
  const { ctx, response } = context;
  // By the number of the alternative.
  const received = new Map<number, string>();
  const begin = (): void => beginStream(context, { "Content-Type": framing.contentType });

  const leftOver = (index: number, text: string): string => {
    const sent = received.get(index) ?? "";
    if (text.startsWith(sent)) return text.slice(sent.length);
    throw new CopilotError("internal", "The answer does not go on from what was sent of it.");
  };

  return {
    partial({ index, text }) {
      if (text === "") return undefined;
      received.set(index, (received.get(index) ?? "") + text);
      begin();
      return writePiece(context, framing.piece({ index, text }));
    },
    finish(result) {
      const items = result.kind === "items" ? result.items : [];
      let frames = "";
      for (const [place, item] of items.entries()) {
        const index = numberOf(item, place);
        const text = leftOver(index, item.text);
        if (text !== "") frames += framing.piece({ index, text });
      }
      begin();
      response.end(frames + framing.end(result));
    },
    fail(error) {
      if (!response.headersSent || response.writableEnded || ctx.signal.aborted) return;
      response.end(framing.failure(problemOf(error)));
    },
  };
}
