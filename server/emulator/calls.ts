// The record of what was asked: every request that arrived whole, in order, and who waits for the next one.

import type { Call, RouteName } from "./types.ts";

export interface CallRecord {
  /** Live, oldest first; no longer than the bound. */
  readonly all: readonly Call[];
  to(route: RouteName): readonly Call[];
  next(route: RouteName): Promise<Call>;
  add(call: Call): void;
  /** Calls whose end is not known yet. */
  inFlight(): number;
}

export function createCallRecord(maxCalls: number): CallRecord {
  const all: Call[] = [];
  const waiters: { readonly route: RouteName; readonly resolve: (call: Call) => void }[] = [];
  let open = 0;
  return {
    all,
    to: (route) => all.filter((call) => call.route === route),
    next: (route) => new Promise((resolve) => waiters.push({ route, resolve })),
    add(call) {
      all.push(call);
      if (all.length > maxCalls) all.splice(0, all.length - maxCalls);
      open += 1;
      void call.ended.then(() => {
        open -= 1;
      });
      for (let index = waiters.length - 1; index >= 0; index -= 1) {
        const waiter = waiters[index];
        if (waiter?.route !== call.route) continue;
        waiters.splice(index, 1);
        waiter.resolve(call);
      }
    },
    inFlight: () => open,
  };
}
