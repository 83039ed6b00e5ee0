// Everything that is under way to the service, and who may share it. A question joins a stream whose answer, as far as it
// has come, agrees with what has been typed since it was asked; it leaves, and asks for itself, as soon as it disagrees,
// or has said nothing for longer than a question of its own would take.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { typedSinceOrigin } from "../anchor.ts";
import { mayAgree } from "../cache/remainder.ts";
import type { Patience } from "./stall-timeout.ts";
import type { Answer, AnswerSource, Progress, Question } from "../query.ts";
import { isAsWide } from "../strategy.ts";
import { Flight } from "./in-flight-request.ts";
import { enoughOf, restOf } from "./parts.ts";

export interface Flights {
  /** Undefined at once when nothing under way will do, later when it turns out not to. */
  join(ctx: Ctx, question: Question, progress: Progress | undefined): Promise<Answer | undefined> | undefined;
  /** Asks for itself, and lets others share. */
  readonly launch: AnswerSource;
  count(): number;
  /** Stops everything with `closing`. */
  close(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly source: AnswerSource;
  /** `tookMs`: until what the question wants had come. */
  readonly onLanded: (question: Question, answer: Answer, tookMs: number) => void;
  /** The engine that a question is put to. */
  readonly modelOf: (question: Question) => string;
  readonly patience: Patience;
}

export function createFlights({ clock, source, onLanded, modelOf, patience }: Deps): Flights {
  const flying = new Set<Flight>();
  const flightDeps = {
    clock,
    source,
    onFirstWords: patience.onFirstWords,
    onEnd(flight: Flight, answer: Answer | undefined): void {
      if (flying.delete(flight) && answer) onLanded(flight.question, answer, flight.tookMs());
    },
  };
  const givenUp = new WeakSet<Flight>();

  // A program is in no hurry, and for what is asked ahead nobody waits.
  const isPatient = ({ trigger, isAhead }: Question): boolean => trigger === "script" || isAhead;
  const isQuiet = (flight: Flight, question: Question): boolean => {
    if (isPatient(question)) return false;
    if (givenUp.has(flight)) return true;
    if (flight.quietMs() < patience.ms()) return false;
    givenUp.add(flight);
    patience.onGivenUp();
    return true;
  };
  /** Leaves the stream when it has been quiet for too long. */
  const watch = (flight: Flight, question: Question, leave: () => void): (() => void) => {
    if (isPatient(question)) return () => undefined;
    let timer: Timer | undefined;
    const look = (): void => {
      if (isQuiet(flight, question)) leave();
      else timer = clock.after(Math.ceil(patience.ms() - flight.quietMs()), look);
    };
    look();
    return () => timer?.cancel();
  };

  const typedInto = (flight: Flight, question: Question): string | undefined => {
    const { origin } = flight;
    const { asked } = flight.question;
    if (!origin || asked.n < question.plan.n || !isAsWide(asked.reach, question.plan.reach)) return undefined;
    const typed = typedSinceOrigin(origin, question.place);
    if (typed === undefined || !mayAgree(flight.text(), typed, origin)) return undefined;
    return isQuiet(flight, question) ? undefined : typed;
  };

  return {
    join(ctx, question, progress) {
      if (!question.isRepeatable) return undefined;
      let nearest: { readonly flight: Flight; readonly typed: string } | undefined;
      for (const flight of flying) {
        const typed = typedInto(flight, question);
        if (typed !== undefined && (!nearest || typed.length < nearest.typed.length)) nearest = { flight, typed };
        else if (typed === undefined) stopIfAbandoned(flight, question);
      }
      return nearest && restOf(ctx, nearest, { question, progress, modelOf, watch });
    },
    launch(ctx, question, progress) {
      if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
      const flight = new Flight(flightDeps, ctx, question);
      flying.add(flight);
      if (question.asked === question.plan) return flight.wait(ctx, progress);
      return enoughOf(ctx, flight, progress, modelOf);
    },
    count: () => flying.size,
    close() {
      const reason = new CopilotError("closing", "The completion request was dropped: the program is shutting down.");
      for (const flight of flying) flight.stop(reason);
    },
  };
}

// The newest key of a document has gone another way, and nobody else waits.
function stopIfAbandoned(flight: Flight, { documentId }: Question): void {
  if (documentId === undefined || flight.question.documentId !== documentId || flight.waiters() > 0) return;
  flight.stop(new CopilotError("superseded", "What was typed since made this completion useless."));
}
