// Time as the machine has it. The only place that reads it or sets a timer.

import type { Clock } from "../../shared/context.ts";

// Node fires a longer timer at once instead of late.
const longestDelayMs = 2 ** 31 - 1;

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), longestDelayMs));
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Keeps the process alive although none of its timers does; call the result when it may end. */
export function holdProcess(): () => void {
  const timer = setInterval(() => undefined, longestDelayMs);
  return () => clearInterval(timer);
}
