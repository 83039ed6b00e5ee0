// Time that stands still until a test moves it. Wall and monotonic time can be moved apart, as sleep and clock changes
// do.

import type { Clock, Timer } from "../../shared/context.ts";

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

export interface ManualClock extends Clock {
  /** Moves both clocks and runs what falls due, in order; lets promises settle between timers. */
  advance(ms: number): Promise<void>;
  /** The machine sleeps: the wall clock goes on, timers and the monotonic clock do not. */
  sleepMachine(ms: number): void;
  /** Somebody sets the wall clock. */
  setWallMs(ms: number): void;
  pendingTimers(): number;
}

const settleRounds = 20;

async function settle(): Promise<void> {
  for (let round = 0; round < settleRounds; round += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

export function createManualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let wallMs = startMs;
  let monotonicMs = 1_000;
  let order = 0;
  const pending = new Set<Pending>();

  const nextDue = (limitMs: number): Pending | undefined => {
    let best: Pending | undefined;
    for (const timer of pending) {
      if (timer.dueMs > limitMs) continue;
      if (!best || timer.dueMs < best.dueMs || (timer.dueMs === best.dueMs && timer.order < best.order)) best = timer;
    }
    return best;
  };

  return {
    nowMs: () => wallMs,
    monotonicMs: () => monotonicMs,
    after(delayMs, callback): Timer {
      order += 1;
      const timer: Pending = { dueMs: monotonicMs + Math.max(0, delayMs), order, callback };
      pending.add(timer);
      return { cancel: () => pending.delete(timer) };
    },
    async advance(ms) {
      const limitMs = monotonicMs + ms;
      await settle();
      for (let timer = nextDue(limitMs); timer; timer = nextDue(limitMs)) {
        pending.delete(timer);
        wallMs += timer.dueMs - monotonicMs;
        monotonicMs = timer.dueMs;
        timer.callback();
        await settle();
      }
      wallMs += limitMs - monotonicMs;
      monotonicMs = limitMs;
    },
    sleepMachine(ms) {
      wallMs += ms;
    },
    setWallMs(ms) {
      wallMs = ms;
    },
    pendingTimers: () => pending.size,
  };
}

/**
 * Time that goes on by itself, from one timer to the next, each when the event loop has long settled: what is spaced out
 * by it comes apart, however busy the machine is.
 */
export function createSteppingClock(): Clock {
  const clock = createManualClock();
  return {
    ...clock,
    after(delayMs, callback) {
      const timer = clock.after(delayMs, callback);
      void clock.advance(delayMs);
      return timer;
    },
  };
}
