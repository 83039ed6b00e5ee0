// How long ago something was, when neither clock can be trusted alone: the wall clock may be set back, the monotonic one
// may stand still while the machine sleeps. The longer of the two answers is taken, so time is never underrated.

import type { Clock } from "../../shared/context.ts";

export interface Timestamp {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export function now(clock: Clock): Timestamp {
  return { wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() };
}

export function elapsedMs(clock: Clock, since: Timestamp): number {
  return Math.max(clock.nowMs() - since.wallMs, clock.monotonicMs() - since.monotonicMs);
}
