// Cancellation that leaves nothing behind: signals linked by hand and unlinked on every way out, waits that end with
// the signal. `AbortSignal.any` is not used: with a long-lived parent it leaks on Node 20 (nodejs/node#54614).

import { setMaxListeners } from "node:events";
import type { Clock, Ctx } from "../../shared/context.ts";

export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Forgets the parents. Must be called on every way out. */
  unlink(): void;
}

/** An abort of our own that also follows `parents`, with their reasons. */
export function linkAbort(...parents: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const followed: { parent: AbortSignal; follow: () => void }[] = [];
  const unlink = (): void => {
    for (const { parent, follow } of followed) parent.removeEventListener("abort", follow);
    followed.length = 0;
  };
  for (const parent of parents) {
    if (parent.aborted) {
      controller.abort(parent.reason);
      break;
    }
    const follow = (): void => {
      controller.abort(parent.reason);
      unlink();
    };
    listen(parent, follow);
    followed.push({ parent, follow });
  }
  if (controller.signal.aborted) unlink();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason), unlink };
}

/** Waits for `promise`, or rejects with the signal's reason as soon as it aborts; the promise itself goes on. */
export function untilAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    listen(signal, leave);
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it aborts. */
export function sleep(ctx: Pick<Ctx, "signal">, clock: Clock, delayMs: number): Promise<void> {
  const { signal } = ctx;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const wake = clock.after(delayMs, () => {
      signal.removeEventListener("abort", leave);
      resolve();
    });
    const leave = (): void => {
      wake.cancel();
      reject(signal.reason);
    };
    listen(signal, leave);
  });
}

function listen(signal: AbortSignal, onAbort: () => void): void {
  // Node warns of a leak beyond ten; the signal of a session has as many as there are requests, each taken off again.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", onAbort, { once: true });
}
