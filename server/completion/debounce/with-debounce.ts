// Holds a question back as long as the person's rhythm says. One that is superseded meanwhile is never asked.

import type { Clock } from "../../../shared/context.ts";
import { sleep } from "../../runtime/cancel.ts";
import type { Answer, AnswerSource } from "../query.ts";
import type { Rhythm } from "./typing-cadence.ts";

export function pacing(clock: Clock, rhythm: Pick<Rhythm, "waitMs">, next: AnswerSource): AnswerSource {
  const askAfter = async (waitMs: number, ...[ctx, ...rest]: Parameters<AnswerSource>): Promise<Answer> => {
    await sleep(ctx, clock, waitMs);
    return next(ctx, ...rest);
  };
  return (...asked) => {
    const [, question] = asked;
    const waitMs = rhythm.waitMs(question);
    return waitMs > 0 ? askAfter(waitMs, ...asked) : next(...asked);
  };
}
