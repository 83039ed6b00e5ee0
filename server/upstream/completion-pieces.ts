// The pieces of a completion as its event stream brings them, until each choice has ended or `[DONE]` has come. Leaving
// early closes the request at once, also while a piece is being waited for. Knows nothing of what makes a good completion.

import type { Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Secret } from "../runtime/secret.ts";
import type { Answer } from "./ask.ts";
import { createEventReader, EventTooLarge } from "./sse.ts";
import type { CompletionPiece } from "./types.ts";
import { clean, readWords } from "./words.ts";

// Far above any event of the service, far below what would hurt.
const maxEventCharacters = 1024 * 1024;

const empty = new Uint8Array();

/** A piece while others for the same alternative still come with it. */
interface GrowingPiece {
  readonly index: number;
  text: string;
  finishReason: string | null;
}

type Event =
  | { readonly kind: "pieces"; readonly pieces: readonly CompletionPiece[] }
  | { readonly kind: "error"; readonly words: string }
  | { readonly kind: "done" }
  | { readonly kind: "nonsense" };

/** `choices`: how many alternatives were asked for; when each has ended, `[DONE]` is not waited for. */
export function completionPieces(
  answer: Answer,
  facts: { readonly choices: number; readonly secrets: readonly Secret[]; readonly log: Log; readonly id: string },
): AsyncIterable<readonly CompletionPiece[]> {
  const reader = createEventReader(maxEventCharacters);
  const finished = new Set<number>();
  let queue: GrowingPiece[] = [];
  let state: "reading" | "over" = "reading";
  let failure: CopilotError | undefined;

  const end = (): void => {
    state = "over";
    answer.finish();
  };

  const take = (data: string): void => {
    const event = readEvent(data, facts.secrets);
    switch (event.kind) {
      case "pieces":
        for (const piece of event.pieces) {
          if (finished.has(piece.index)) continue;
          join(queue, piece);
          if (piece.finishReason !== null && piece.index < facts.choices) finished.add(piece.index);
        }
        // Nothing is missing but its farewell, which a connection that dies here never brings.
        if (finished.size === facts.choices) end();
        return;
      case "done":
        return end();
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

  const isReading = (): boolean => state === "reading";

  /** Reads until there is a piece or an end. */
  const advance = async (): Promise<void> => {
    while (isReading() && queue.length === 0) {
      const chunks = await answer.read();
      // While it was waited for, the asker may have left.
      if (!isReading()) return;
      if (chunks) takeAll(chunks);
      else atEnd();
    }
  };

  const takeAll = (chunks: readonly Uint8Array[]): void => {
    // One packet is cut into as many chunks as the service wrote; each on its own would cost as much as all of them.
    const [first = empty] = chunks;
    const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first;
    for (const data of eventsIn(() => reader.feed(bytes))) if (state === "reading") take(data);
  };

  const atEnd = (): void => {
    for (const data of eventsIn(() => reader.end())) if (state === "reading") take(data);
    if (state !== "reading") return;
    state = "over";
    failure = new CopilotError("upstream-failed", `${answer.host} broke off in the middle of the completion.`, {
      advice: "Try again.",
    });
  };

  const eventsIn = (read: () => readonly string[]): readonly string[] => {
    try {
      return read();
    } catch (error) {
      state = "over";
      answer.leave();
      const what = error instanceof EventTooLarge ? "an event without end" : "bytes that are no event stream";
      throw new CopilotError("upstream-failed", `${answer.host} sent ${what} as the completion.`, { cause: error });
    }
  };

  const iterator: AsyncIterator<readonly CompletionPiece[], undefined> = {
    async next() {
      const ready = state === "reading" && queue.length === 0 ? answer.take() : undefined;
      if (ready) takeAll(ready);
      if (queue.length === 0) {
        try {
          await advance();
        } catch (error) {
          state = "over";
          throw error;
        }
      }
      if (queue.length > 0) {
        const pieces = queue;
        queue = [];
        return { done: false, value: pieces };
      }
      const error = failure;
      failure = undefined;
      if (error) throw error;
      return { done: true, value: undefined };
    },
    return() {
      // After its end the connection is left to be used again.
      if (state === "reading") answer.leave();
      state = "over";
      failure = undefined;
      queue = [];
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

function join(pieces: GrowingPiece[], { index, text, finishReason }: CompletionPiece): void {
  const known = pieces.find((piece) => piece.index === index);
  if (!known) {
    pieces.push({ index, text, finishReason });
    return;
  }
  known.text += text;
  known.finishReason = finishReason;
}

function readEvent(data: string, secrets: readonly Secret[]): Event {
  if (data.trim() === "[DONE]") return { kind: "done" };
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return { kind: "nonsense" };
  }
  if (!isRaw(json)) return { kind: "nonsense" };
  const { choices, error } = json;
  if (error !== undefined && error !== null) {
    const words = typeof error === "string" ? clean(error, secrets) : readWords(data, secrets).message;
    return { kind: "error", words: words === "" ? "." : `: ${words}` };
  }
  if (!Array.isArray(choices) || !choices.every(isRaw)) return { kind: "pieces", pieces: [] };
  return { kind: "pieces", pieces: choices.map(pieceOf) };
}

// By hand and not by a schema: this is done for every event of every answer, and takes a tenth of the time.
/** The fields that an event, or one of its choices, may have. */
interface Raw {
  readonly choices?: unknown;
  readonly error?: unknown;
  readonly index?: unknown;
  readonly text?: unknown;
  readonly finish_reason?: unknown;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === "object" && value !== null;
}

function pieceOf({ index, text, finish_reason: reason }: Raw): CompletionPiece {
  return {
    index: typeof index === "number" && Number.isInteger(index) && index >= 0 ? index : 0,
    text: typeof text === "string" ? text : "",
    finishReason: typeof reason === "string" ? reason : null,
  };
}
