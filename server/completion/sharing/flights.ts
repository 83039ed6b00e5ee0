// Everything that is under way to the service, and who may share it. A question joins a stream whose answer, as far as it
// has come, agrees with what has been typed since it was asked; it leaves, and asks for itself, as soon as it disagrees.

import type { Finish } from "../../../shared/completion.ts";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import { endOf } from "../complete.ts";
import { typedSinceOrigin } from "../memory/origin.ts";
import { mayAgree, remainder, serve } from "../memory/serve.ts";
import type { Answer, AnswerSource, Progress, Question, Words } from "../question.ts";
import { isAsWide } from "../strategy.ts";
import { createFlight, type Flight } from "./flight.ts";

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
  readonly onLanded: (question: Question, answer: Answer, tookMs: number) => void;
  /** The engine that a question is put to. */
  readonly modelOf: (question: Question) => string;
  /** How long a stream may say nothing before a key that goes beyond its question does not rely on it. */
  readonly patienceMs: () => number;
}

const done = Symbol("leaves before the stream ends");

export function createFlights({ clock, source, onLanded, modelOf, patienceMs }: Deps): Flights {
  const flying = new Set<Flight>();

  const typedInto = (flight: Flight, question: Question): string | undefined => {
    const { origin } = flight;
    const { plan } = flight.question;
    if (!origin || plan.n < question.plan.n || !isAsWide(plan.reach, question.plan.reach)) return undefined;
    const typed = typedSinceOrigin(origin, question.place);
    if (typed === undefined || !mayAgree(flight.text(), typed, origin)) return undefined;
    return typed !== "" && flight.quietMs() > patienceMs() ? undefined : typed;
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
      return nearest && share(ctx, nearest.flight, nearest.typed, question, progress, modelOf);
    },
    launch(ctx, question, progress) {
      if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
      const startMs = clock.monotonicMs();
      const onEnd = (flight: Flight, answer: Answer | undefined): void => {
        if (flying.delete(flight) && answer) onLanded(question, answer, clock.monotonicMs() - startMs);
      };
      const flight = createFlight({ clock, source, onEnd }, ctx, question);
      flying.add(flight);
      return flight.wait(ctx, progress);
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

async function share(
  ctx: Ctx,
  flight: Flight,
  typed: string,
  question: Question,
  progress: Progress | undefined,
  modelOf: (question: Question) => string,
): Promise<Answer | undefined> {
  const { origin } = flight;
  if (!origin) return undefined;
  const { plan: made, isAhead } = flight.question;
  const { plan: wanted } = question;
  const seat = linkAbort(ctx.signal);
  let whole: string | undefined;
  const hear: Progress = (index, text) => {
    if (index > 0) return undefined;
    if (!mayAgree(text, typed, origin)) return seat.abort(done);
    const rest = remainder(text, typed, origin);
    if (rest === undefined) return undefined;
    const end = isAsWide(wanted.reach, made.reach) ? undefined : endOf(wanted, rest);
    if (end !== undefined && wanted.n === 1) {
      whole = rest.slice(0, end);
      return seat.abort(done);
    }
    return rest.trim() === "" ? undefined : progress?.(index, rest);
  };
  const source = isAhead ? "speculation" : "in-flight";
  const answerOf = (model: string, texts: readonly Words[], finish?: Finish): Answer => ({
    model,
    source,
    choices: texts.map((words, index) => ({ ...words, index })),
    ...(finish === undefined ? {} : { finish }),
  });
  try {
    const { model, choices, finish } = await flight.wait({ ...ctx, signal: seat.signal }, hear);
    const texts = serve(choices, typed, origin, made.reach, wanted);
    return texts && answerOf(model, texts, finish);
  } catch (error) {
    if (error !== done) throw error;
    if (whole === undefined) return undefined;
    return answerOf(modelOf(question), whole.trim() === "" ? [] : [{ text: whole, finish: { kind: "shape" } }]);
  } finally {
    seat.unlink();
  }
}
