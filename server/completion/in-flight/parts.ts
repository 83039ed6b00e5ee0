// Parts of a stream's answer, for those who want no more than that: they leave it as soon as their part stands there,
// and the stream reads on.

import type { Finish } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import { endOf } from "../complete.ts";
import { mayAgree, remainder, serve } from "../cache/remainder.ts";
import type { Answer, Progress, Question, Words } from "../query.ts";
import { isAsWide } from "../strategy.ts";
import type { Flight } from "./in-flight-request.ts";

const done = Symbol("leaves before the stream ends");
const cutShort: Finish = { kind: "shape" };

/** What the flight's own question wants of it, as soon as that has come; the rest comes for memory. */
export async function enoughOf(
  ctx: Ctx,
  flight: Flight,
  progress: Progress | undefined,
  modelOf: (question: Question) => string,
): Promise<Answer> {
  const seat = linkAbort(ctx.signal);
  let enough: string | undefined;
  const hear: Progress = (index, text, part) => {
    if (part !== "enough") return progress?.(index, text, part);
    enough = text;
    flight.readOn();
    return seat.abort(done);
  };
  try {
    return await flight.wait({ ...ctx, signal: seat.signal }, hear);
  } catch (error) {
    if (error !== done || enough === undefined) throw error;
    const choices = enough.trim() === "" ? [] : [{ index: 0, text: enough, finish: cutShort }];
    return { model: modelOf(flight.question), source: "upstream", choices };
  } finally {
    seat.unlink();
  }
}

/** Who shares a stream. `watch` leaves it when it is quiet for too long. */
interface Sharer {
  readonly question: Question;
  readonly progress: Progress | undefined;
  readonly modelOf: (question: Question) => string;
  readonly watch: (flight: Flight, question: Question, leave: () => void) => () => void;
}

/** What is left of the flight's answer once `typed` stands there; undefined when that turns out not to agree. */
export async function restOf(
  ctx: Ctx,
  { flight, typed }: { readonly flight: Flight; readonly typed: string },
  { question, progress, modelOf, watch }: Sharer,
): Promise<Answer | undefined> {
  const { origin } = flight;
  if (!origin) return undefined;
  const { asked: made, isAhead } = flight.question;
  const { plan: wanted } = question;
  const seat = linkAbort(ctx.signal);
  let whole: string | undefined;
  let isTold = false;
  const hear: Progress = (index, text) => {
    if (index > 0) return undefined;
    if (!mayAgree(text, typed, origin)) return seat.abort(done);
    const rest = remainder(text, typed, origin);
    if (rest === undefined) return undefined;
    const end = isAsWide(wanted.reach, made.reach) ? undefined : endOf(wanted, rest);
    if (end !== undefined && wanted.n === 1) {
      whole = rest.slice(0, end);
      flight.readOn();
      return seat.abort(done);
    }
    if (rest.trim() === "" || !progress) return undefined;
    isTold = true;
    return progress(index, rest);
  };
  // Words that were passed on cannot be taken back by another answer.
  const unwatch = watch(flight, question, () => {
    if (!isTold) seat.abort(done);
  });
  const source = isAhead ? "speculation" : "in-flight";
  const answerOf = (model: string, texts: readonly Words[], finish?: Finish): Answer => ({
    model,
    source,
    choices: texts.map((words, index) => ({ ...words, index })),
    finish,
  });
  try {
    const { model, choices, finish } = await flight.wait({ ...ctx, signal: seat.signal }, hear);
    const texts = serve(choices, typed, origin, made.reach, wanted);
    return texts && answerOf(model, texts, finish);
  } catch (error) {
    if (error !== done) throw error;
    if (whole === undefined) return undefined;
    return answerOf(modelOf(question), whole.trim() === "" ? [] : [{ text: whole, finish: cutShort }]);
  } finally {
    unwatch();
    seat.unlink();
  }
}
