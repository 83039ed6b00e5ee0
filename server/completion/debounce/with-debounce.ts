// Delays a query for as long as the typing cadence says. One that is superseded meanwhile is never asked.

import type { Clock } from "../../../shared/context.ts";
import { sleep } from "../../runtime/cancel.ts";
import type { AnswerSource } from "../query.ts";
import type { TypingCadence } from "./typing-cadence.ts";

export function withDebounce(clock: Clock, cadence: Pick<TypingCadence, "waitMs">, next: AnswerSource): AnswerSource {
  return async (ctx, query, progress) => {
    const waitMs = cadence.waitMs(query);
    if (waitMs > 0) await sleep(ctx, clock, waitMs);
    return next(ctx, query, progress);
  };
}
