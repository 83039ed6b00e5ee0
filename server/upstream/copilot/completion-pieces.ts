// The pieces of a completion as its event stream brings them, until each choice has ended or `[DONE]` has come. Leaving
// early closes the request at once, also while a piece is being waited for. Knows nothing of what makes a good completion.

import type { Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { Answer } from "../http/ask.ts";
import { CompletionEvents } from "./completion-events.ts";
import { createEventReader, EventTooLarge } from "./sse.ts";
import type { CompletionPiece } from "../types.ts";

// Far above any event of the service, far below what would hurt.
const maxEventCharacters = 1024 * 1024;

const empty = Buffer.alloc(0);

/** A piece while others for the same alternative still come with it. */
interface GrowingPiece {
  readonly index: number;
  text: string;
  finishReason: string | null;
}

interface Facts {
  /** How many alternatives were asked for; when each has ended, `[DONE]` is not waited for. */
  readonly choices: number;
  readonly secrets: readonly Secret[];
  readonly log: Log;
  readonly id: string;
}

type Pieces = readonly CompletionPiece[];

export function completionPieces(answer: Answer, facts: Facts): AsyncIterable<Pieces> {
  return new PiecesOfAnswer(answer, facts);
}

/** A class, for a stream is read in every request, and functions of its own for each would cost more than the reading. */
class PiecesOfAnswer implements AsyncIterableIterator<Pieces, undefined> {
  readonly #answer: Answer;
  readonly #facts: Facts;
  readonly #reader = createEventReader(maxEventCharacters);
  readonly #events: CompletionEvents;
  /** Numbers of the alternatives that have ended; a handful. */
  readonly #finished: number[] = [];
  #queue: GrowingPiece[] = [];
  #isReading = true;
  #failure: CopilotError | undefined;

  constructor(answer: Answer, facts: Facts) {
    this.#answer = answer;
    this.#facts = facts;
    this.#events = new CompletionEvents(facts.secrets);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Pieces, undefined>> {
    const ready = this.#isReading && this.#queue.length === 0 ? this.#answer.take() : undefined;
    if (ready) this.#takeAll(ready);
    if (this.#isReading && this.#queue.length === 0) {
      try {
        await this.#advance();
      } catch (error) {
        this.#isReading = false;
        throw error;
      }
    }
    if (this.#queue.length > 0) {
      const pieces = this.#queue;
      this.#queue = [];
      return { done: false, value: pieces };
    }
    const error = this.#failure;
    this.#failure = undefined;
    if (error) throw error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<Pieces, undefined>> {
    // After its end the connection is left to be used again.
    if (this.#isReading) this.#answer.leave();
    this.#isReading = false;
    this.#failure = undefined;
    this.#queue = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Reads until there is a piece or an end. */
  async #advance(): Promise<void> {
    while (this.#isReading && this.#queue.length === 0) {
      const chunks = await this.#answer.read();
      // While it was waited for, the asker may have left.
      if (!this.#isReading) return;
      if (chunks) this.#takeAll(chunks);
      else this.#takeEnd();
    }
  }

  #takeAll(chunks: readonly Buffer[]): void {
    // One packet is cut into as many chunks as the service wrote; each on its own would cost as much as all of them.
    const [first = empty] = chunks;
    const bytes = chunks.length > 1 ? Buffer.concat(chunks) : first;
    for (const data of this.#read(bytes)) if (this.#isReading) this.#take(data);
  }

  #takeEnd(): void {
    for (const data of this.#read(undefined)) if (this.#isReading) this.#take(data);
    if (!this.#isReading) return;
    this.#isReading = false;
    this.#failure = new CopilotError(
      "upstream-failed",
      `${this.#answer.host} broke off in the middle of the completion.`,
      { advice: "Try again." },
    );
  }

  /** The events that `bytes` complete, or that the end of the stream does. */
  #read(bytes: Buffer | undefined): readonly string[] {
    try {
      return bytes ? this.#reader.feed(bytes) : this.#reader.end();
    } catch (error) {
      this.#isReading = false;
      this.#answer.leave();
      const what = error instanceof EventTooLarge ? "an event without end" : "bytes that are no event stream";
      throw new CopilotError("upstream-failed", `${this.#answer.host} sent ${what} as the completion.`, {
        cause: error,
      });
    }
  }

  #take(data: string): void {
    const event = this.#events.read(data);
    switch (event.kind) {
      case "pieces":
        for (const piece of event.pieces) this.#keep(piece);
        // Nothing is missing but its farewell, which a connection that dies here never brings.
        if (this.#finished.length === this.#facts.choices) this.#end();
        return;
      case "done":
        return this.#end();
      case "error":
        this.#isReading = false;
        this.#failure = new CopilotError(
          "upstream-failed",
          `${this.#answer.host} failed in the middle of the completion${event.words}`,
          { advice: "Try again." },
        );
        this.#answer.leave();
        return;
      case "nonsense":
        this.#facts.log.debug("an event of the completion makes no sense and is skipped", {
          id: this.#facts.id,
          characters: data.length,
        });
    }
  }

  #keep(piece: CompletionPiece): void {
    if (this.#finished.includes(piece.index)) return;
    join(this.#queue, piece);
    if (piece.finishReason !== null && piece.index < this.#facts.choices) this.#finished.push(piece.index);
  }

  #end(): void {
    this.#isReading = false;
    this.#answer.finish();
  }
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
