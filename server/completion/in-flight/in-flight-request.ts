// One question on its way to the service and everybody who waits for its answer. It has a signal of its own: whoever
// leaves stops nobody else's work, and the stream is stopped when the last one has left. Not at once where the next key
// may be on its way already, for that one may want the same.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import type { Origin } from "../anchor.ts";
import type { Answer, AnswerSource, Part, Progress, Question } from "../query.ts";

interface Deps {
  readonly clock: Clock;
  readonly source: AnswerSource;
  /** Words have come, or the end where there are none, so long after it was asked. */
  readonly onFirstWords: (tookMs: number) => void;
  /** It has ended one way or the other, or is being stopped. */
  readonly onEnd: (flight: Flight, answer: Answer | undefined) => void;
}

// An editor's cancel and its next request come in one breath.
const graceMs = 10;

/** A class, as are its passengers: there is one for each request. */
export class Flight {
  readonly question: Question;
  /** Undefined: nobody can join. */
  readonly origin: Origin | undefined;
  readonly #deps: Deps;
  readonly #link = linkAbort();
  readonly #passengers = new Set<Passenger>();
  readonly #onLeft = (passenger: Passenger): void => {
    this.#passengers.delete(passenger);
    if (this.#passengers.size === 0 && !this.#end && !this.#isReadOn) this.#nobodyWaits();
  };
  readonly #startMs: number;
  readonly #texts: string[] = [];
  readonly #whole: boolean[] = [];
  #heardAtMs: number;
  #enoughAtMs: number | undefined;
  #stopping: Timer | undefined;
  #isReadOn = false;
  /** What has become of it, once it is over. */
  #end: Promise<Answer> | undefined;

  /** Asks at once. `ctx` is its first asker's; it does not end with that one's signal. */
  constructor(deps: Deps, ctx: Ctx, question: Question) {
    this.question = question;
    this.origin = question.isRepeatable ? question.place.origin : undefined;
    this.#deps = deps;
    this.#startMs = deps.clock.monotonicMs();
    this.#heardAtMs = this.#startMs;
    const answered = deps.source({ ...ctx, signal: this.#link.signal }, question, (index, text, part) =>
      this.#hear(index, text, part),
    );
    answered.then(
      (answer) => {
        try {
          this.#over(answered, answer);
        } finally {
          for (const passenger of this.#passengers) passenger.arrive(answer);
        }
      },
      (error: unknown) => {
        this.#over(answered, undefined);
        for (const passenger of this.#passengers) passenger.drop(error);
      },
    );
  }

  /** The first alternative as far as it has come. */
  text(): string {
    return this.#texts[0] ?? "";
  }

  /** How long nothing has come. */
  quietMs(): number {
    return this.#deps.clock.monotonicMs() - this.#heardAtMs;
  }

  /** From asking until all that its own question wants had come. */
  tookMs(): number {
    return (this.#enoughAtMs ?? this.#deps.clock.monotonicMs()) - this.#startMs;
  }

  waiters(): number {
    return this.#passengers.size;
  }

  /** Waits for the answer and hears it grow, from its beginning. Rejects with the signal's reason, or as the service did. */
  wait({ signal }: Ctx, progress: Progress | undefined): Promise<Answer> {
    this.#stopping?.cancel();
    if (this.#end) return this.#end;
    const passenger = new Passenger(signal, progress, this.#onLeft);
    this.#passengers.add(passenger);
    passenger.board();
    for (const [index, text] of this.#texts.entries()) {
      if (text !== undefined) void passenger.hear(index, text, this.#whole[index] ? "whole" : undefined);
    }
    return passenger.answered;
  }

  /** From now on it goes on to its end, whether anybody waits or not: what comes is worth having. */
  readOn(): void {
    this.#isReadOn = true;
  }

  stop(reason: unknown): void {
    this.#stopping?.cancel();
    this.#link.abort(reason);
    this.#deps.onEnd(this, undefined);
  }

  #hear(index: number, text: string, part: Part | undefined): Promise<void> | undefined {
    const isFirst = this.#texts.length === 0;
    this.#texts[index] = text;
    if (part === "whole") this.#whole[index] = true;
    this.#heardAtMs = this.#deps.clock.monotonicMs();
    if (part === "enough") this.#enoughAtMs ??= this.#heardAtMs;
    if (isFirst) this.#deps.onFirstWords(this.#heardAtMs - this.#startMs);
    let holding: Promise<void>[] | undefined;
    for (const passenger of this.#passengers) {
      const held = passenger.hear(index, text, part);
      if (held) (holding ??= []).push(held);
    }
    return holding && Promise.all(holding).then(() => undefined);
  }

  #over(end: Promise<Answer>, answer: Answer | undefined): void {
    this.#end = end;
    this.#stopping?.cancel();
    if (answer && this.#texts.length === 0) this.#deps.onFirstWords(this.#deps.clock.monotonicMs() - this.#startMs);
    this.#deps.onEnd(this, answer);
  }

  #nobodyWaits(): void {
    const reason = new CopilotError("cancelled", "Nobody waits for this completion any more.");
    if (this.question.documentId === undefined) this.stop(reason);
    else this.#stopping = this.#deps.clock.after(graceMs, () => this.stop(reason));
  }
}

/** Holds the stream back as long as it likes, but only while its asker is there; its error is its own. */
class Passenger {
  /** Rejects with the signal's reason as soon as that aborts. */
  readonly answered: Promise<Answer>;
  readonly #signal: AbortSignal;
  readonly #progress: Progress | undefined;
  readonly #onLeft: (passenger: Passenger) => void;
  readonly #depart = (): void => this.drop(this.#signal.reason);
  #resolve = (_answer: Answer): void => undefined;
  #reject = (_reason: unknown): void => undefined;
  #isGone = false;
  /** Lets the stream go on that it holds back. */
  #release: (() => void) | undefined;

  constructor(signal: AbortSignal, progress: Progress | undefined, onLeft: (passenger: Passenger) => void) {
    this.#signal = signal;
    this.#progress = progress;
    this.#onLeft = onLeft;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  board(): void {
    if (this.#signal.aborted) this.#depart();
    else this.#signal.addEventListener("abort", this.#depart, { once: true });
  }

  hear(index: number, text: string, part: Part | undefined): Promise<void> | undefined {
    try {
      const taken = this.#isGone ? undefined : this.#progress?.(index, text, part);
      return taken === undefined || this.#isGone ? undefined : this.#hold(taken);
    } catch (error) {
      this.drop(error);
      return undefined;
    }
  }

  arrive(answer: Answer): void {
    this.#leave();
    this.#resolve(answer);
  }

  drop(reason: unknown): void {
    if (this.#isGone) return;
    this.#leave();
    this.#reject(reason);
    // Not before whoever takes its place has looked who is there: the next key of a document leaves this one no asker.
    queueMicrotask(() => this.#onLeft(this));
  }

  #hold(taken: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      this.#release = resolve;
      taken.then(resolve, (error: unknown) => this.drop(error));
    });
  }

  #leave(): void {
    this.#isGone = true;
    this.#signal.removeEventListener("abort", this.#depart);
    this.#release?.();
  }
}
