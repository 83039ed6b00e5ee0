// Holds a question back as long as the person's rhythm says. One that is superseded meanwhile is never asked.

import type { Clock } from "../../../shared/context.ts";
import { sleep } from "../../runtime/cancel.ts";
import type { AnswerSource } from "../question.ts";
import type { Rhythm } from "./rhythm.ts";

export function pacing(clock: Clock, rhythm: Pick<Rhythm, "waitMs">, next: AnswerSource): AnswerSource {
  return (ctx, question, progress) => {
    const waitMs = rhythm.waitMs(question);
    if (waitMs <= 0) return next(ctx, question, progress);
    return sleep(ctx, clock, waitMs).then(() => next(ctx, question, progress));
  };
}
