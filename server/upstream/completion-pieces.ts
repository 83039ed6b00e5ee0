// The pieces of a completion as its event stream brings them, until `[DONE]`. Leaving early closes the request at once,
// also while a piece is being waited for. Knows nothing of what makes a good completion.

import * as v from "valibot";
import type { Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Secret } from "../runtime/secret.ts";
import type { Answer } from "./ask.ts";
import { createEventReader, EventTooLarge } from "./sse.ts";
import type { CompletionPiece } from "./types.ts";
import { clean, readWords } from "./words.ts";

const chunk = v.object({
  choices: v.fallback(
    v.array(
      v.object({
        index: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
        text: v.fallback(v.optional(v.string()), undefined),
        finish_reason: v.fallback(v.nullable(v.string()), null),
      }),
    ),
    [],
  ),
  error: v.optional(v.unknown()),
});

// Far above any event of the service, far below what would hurt.
const maxEventCharacters = 1024 * 1024;

type Event =
  | { readonly kind: "pieces"; readonly pieces: readonly CompletionPiece[] }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "done" }
  | { readonly kind: "nonsense" };

/** `choices`: how many alternatives were asked for; when each has ended, a missing `[DONE]` does not matter. */
export function completionPieces(
  answer: Answer,
  facts: { readonly choices: number; readonly secrets: readonly Secret[]; readonly log: Log; readonly id: string },
): AsyncIterable<CompletionPiece> {
  const reader = createEventReader(maxEventCharacters);
  const finished = new Set<number>();
  const queue: CompletionPiece[] = [];
  let state: "reading" | "over" = "reading";
  let failure: CopilotError | undefined;

  const take = (data: string): void => {
    const event = readEvent(data, facts.secrets);
    switch (event.kind) {
      case "pieces":
        for (const piece of event.pieces) {
          queue.push(piece);
          if (piece.finishReason !== null) finished.add(piece.index);
        }
        return;
      case "done":
        state = "over";
        answer.finish();
        return;
      case "error":
        state = "over";
        failure = new CopilotError(
          "upstream-failed",
          `${answer.host} failed in the middle of the completion${event.words}`,
          {
            advice: "Try again.",
          },
        );
        answer.leave();
        return;
      case "nonsense":
        facts.log.debug("an event of the completion makes no sense and is skipped", {
          id: facts.id,
          characters: data.length,
        });
    }
  };

  const isFinished = (): boolean => finished.size >= facts.choices;

  const nextBytes = async (): Promise<Uint8Array | undefined> => {
    try {
      return await answer.read();
    } catch (error) {
      // Nothing is missing from it but its farewell.
      if (error instanceof CopilotError && error.code !== "closing" && isFinished()) return undefined;
      throw error;
    }
  };

  /** Reads until there is a piece or an end. */
  const advance = async (): Promise<void> => {
    while (state === "reading" && queue.length === 0) {
      const bytes = await nextBytes();
      // While it was waited for, the asker may have left.
      if (state !== "reading") return;
      for (const data of eventsIn(bytes)) if (state === "reading") take(data);
      if (bytes || state !== "reading") continue;
      state = "over";
      if (isFinished()) return;
      failure = new CopilotError("upstream-failed", `${answer.host} broke off in the middle of the completion.`, {
        advice: "Try again.",
      });
    }
  };

  const eventsIn = (bytes: Uint8Array | undefined): readonly string[] => {
    try {
      return bytes ? reader.feed(bytes) : reader.end();
    } catch (error) {
      state = "over";
      answer.leave();
      const what = error instanceof EventTooLarge ? "an event without end" : "bytes that are no event stream";
      throw new CopilotError("upstream-failed", `${answer.host} sent ${what} as the completion.`, { cause: error });
    }
  };

  const iterator: AsyncIterator<CompletionPiece, undefined> = {
    async next() {
      if (queue.length === 0) {
        try {
          await advance();
        } catch (error) {
          state = "over";
          throw error;
        }
      }
      const piece = queue.shift();
      if (piece) return { done: false, value: piece };
      const error = failure;
      failure = undefined;
      if (error) throw error;
      return { done: true, value: undefined };
    },
    return() {
      // After `[DONE]` the connection is left to be used again.
      if (state === "reading") answer.leave();
      state = "over";
      failure = undefined;
      queue.length = 0;
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function readEvent(data: string, secrets: readonly Secret[]): Event {
  if (data.trim() === "[DONE]") return { kind: "done" };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { kind: "nonsense" };
  }
  const parsed = v.safeParse(chunk, json);
  if (!parsed.success) return { kind: "nonsense" };
  const { choices, error } = parsed.output;
  if (error !== undefined && error !== null) {
    const words = typeof error === "string" ? clean(error, secrets) : readWords(data, secrets).message;
    return { kind: "error", words: words === "" ? "." : `: ${words}` };
  }
  return {
    kind: "pieces",
    pieces: choices.map((choice) => ({
      index: choice.index,
      text: choice.text ?? "",
      finishReason: choice.finish_reason,
    })),
  };
}
