// One question on its way to the service and everybody who waits for its answer. It has a signal of its own: whoever
// leaves stops nobody else's work, and the stream is stopped when the last one has left. Not at once where the next key
// may be on its way already, for that one may want the same.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { type LinkedAbort, linkAbort, untilAborted } from "../../runtime/cancel.ts";
import { Few } from "../../runtime/few.ts";
import type { Origin } from "../memory/origin.ts";
import type { Answer, AnswerSource, Progress, Question } from "../question.ts";

export interface Flight {
  readonly question: Question;
  /** Undefined: nobody can join. */
  readonly origin: Origin | undefined;
  /** The first alternative as far as it has come. */
  text(): string;
  /** How long nothing has come. */
  quietMs(): number;
  /** From asking until all that its own question wants had come. */
  tookMs(): number;
  waiters(): number;
  /** Waits for the answer and hears it grow, from its beginning. Rejects with the signal's reason, or as the service did. */
  wait(ctx: Ctx, progress: Progress | undefined): Promise<Answer>;
  /** From now on it goes on to its end, whether anybody waits or not: what comes is worth having. */
  readOn(): void;
  stop(reason: unknown): void;
}

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

export function createFlight({ clock, source, onFirstWords, onEnd }: Deps, ctx: Ctx, question: Question): Flight {
  const link = linkAbort();
  const texts: string[] = [];
  const whole: boolean[] = [];
  const passengers = new Few<Progress>();
  const startMs = clock.monotonicMs();
  let heardAtMs = startMs;
  let enoughAtMs: number | undefined;
  let stopping: Timer | undefined;
  let isOver = false;
  let isReadOn = false;

  const tell: Progress = (index, text, part) => {
    const isFirst = texts.length === 0;
    texts[index] = text;
    if (part === "whole") whole[index] = true;
    heardAtMs = clock.monotonicMs();
    if (part === "enough") enoughAtMs ??= heardAtMs;
    if (isFirst) onFirstWords(heardAtMs - startMs);
    let holding: Promise<void>[] | undefined;
    for (const hear of passengers) {
      const held = hear(index, text, part);
      if (held) (holding ??= []).push(held);
    }
    return holding && Promise.all(holding).then(() => undefined);
  };
  const stop = (reason: unknown): void => {
    stopping?.cancel();
    link.abort(reason);
    onEnd(flight, undefined);
  };
  const nobodyWaits = (): void => {
    const reason = new CopilotError("cancelled", "Nobody waits for this completion any more.");
    if (question.documentId === undefined) stop(reason);
    else stopping = clock.after(graceMs, () => stop(reason));
  };

  const flight: Flight = {
    question,
    origin: question.isRepeatable ? question.place.origin : undefined,
    text: () => texts[0] ?? "",
    quietMs: () => clock.monotonicMs() - heardAtMs,
    tookMs: () => (enoughAtMs ?? clock.monotonicMs()) - startMs,
    waiters: () => passengers.size,
    async wait(ctx, progress) {
      stopping?.cancel();
      const seat = linkAbort(ctx.signal);
      const hear = passengerOf(seat, progress);
      passengers.add(hear);
      for (const [index, text] of texts.entries()) {
        if (text !== undefined) void hear(index, text, whole[index] ? "whole" : undefined);
      }
      try {
        return await untilAborted(seat.signal, landed);
      } finally {
        seat.unlink();
        passengers.delete(hear);
        if (passengers.size === 0 && !isOver && !isReadOn) nobodyWaits();
      }
    },
    readOn() {
      isReadOn = true;
    },
    stop,
  };

  const landed = source({ ...ctx, signal: link.signal }, question, tell);
  const end = (answer: Answer | undefined): void => {
    isOver = true;
    stopping?.cancel();
    if (answer && texts.length === 0) onFirstWords(clock.monotonicMs() - startMs);
    onEnd(flight, answer);
  };
  landed.then(end, () => end(undefined));
  return flight;
}

/** A listener that holds the stream back as long as it likes, but only while its asker is there; its error is its own. */
function passengerOf(seat: LinkedAbort, progress: Progress | undefined): Progress {
  return (index, text, part) => {
    try {
      const taken = progress?.(index, text, part);
      if (taken === undefined || seat.signal.aborted) return undefined;
      return untilAborted(seat.signal, taken).catch((error: unknown) => seat.abort(error));
    } catch (error) {
      seat.abort(error);
      return undefined;
    }
  };
}
