// A limit on how long one step may take, where nothing below it promises one.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { linkAbort, untilAborted } from "../runtime/cancel.ts";

/** Runs `step` with a context that ends after `limitMs`; then rejects with `timeout`, whether the step obeys or not. */
export async function withDeadline<T>(
  ctx: Ctx,
  clock: Clock,
  limitMs: number,
  step: (ctx: Ctx) => Promise<T>,
): Promise<T> {
  const link = linkAbort(ctx.signal);
  const timer = clock.after(limitMs, () => {
    link.abort(new CopilotError("timeout", `There was no answer within ${limitMs / 1000} seconds.`));
  });
  try {
    return await untilAborted(link.signal, step({ ...ctx, signal: link.signal }));
  } finally {
    timer.cancel();
    link.unlink();
  }
}
