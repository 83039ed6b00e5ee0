// The service's own clock when nobody hands it another. The service stands for a machine of its own, so this is not the
// client's clock, and nothing outside this folder uses it.

import type { Clock } from "../../shared/context.ts";

export const machineClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
