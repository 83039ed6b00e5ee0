// Cancellation that leaves nothing behind: controllers linked by hand and unlinked on every way out, waits that end with
// the signal. `AbortSignal.any` is not used: with a long-lived parent it leaks on Node 20 (nodejs/node#54614).

import { setImmediate as immediate } from "node:timers/promises";
import { setMaxListeners } from "node:events";
import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";

/** An `AbortController` that also follows parents. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Removes the listeners from the parents. Must be called on every way out. */
  unlink(): void;
}

/** A controller that is aborted when one of `parents` is, with that parent's reason. */
export function linkAbort(...parents: readonly AbortSignal[]): LinkedAbort {
  const controller = new AbortController();
  const { signal } = controller;
  const unlink = (): void => {
    for (const parent of parents) parent.removeEventListener("abort", follow);
  };
  const follow = (): void => {
    unlink();
    controller.abort(parents.find(({ aborted }) => aborted)?.reason);
  };
  if (parents.some(({ aborted }) => aborted)) follow();
  else for (const parent of parents) listen(parent, follow);
  return { signal, unlink, abort: (reason) => controller.abort(reason) };
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
    promise.then(
      (value) => {
        signal.removeEventListener("abort", leave);
        resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener("abort", leave);
        reject(error);
      },
    );
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

/**
 * Runs `work` with a context whose signal is also aborted after `limitMs`, with what `late` makes; rejects then, whether
 * the work obeys or not.
 */
export async function withDeadline<C extends Pick<Ctx, "signal">, T>(
  ctx: C,
  clock: Clock,
  limitMs: number,
  work: (ctx: C) => Promise<T>,
  late = (): Error => new CopilotError("timeout", `There was no answer within ${limitMs / 1000} seconds.`),
): Promise<T> {
  const link = linkAbort(ctx.signal);
  const timer = clock.after(limitMs, () => link.abort(late()));
  try {
    return await untilAborted(link.signal, work({ ...ctx, signal: link.signal }));
  } finally {
    timer.cancel();
    link.unlink();
  }
}

/** What `promise` comes to, or `late` where that takes longer than `limitMs`. The promise itself goes on. */
export function orAfter<T, const L>(clock: Clock, limitMs: number, promise: Promise<T>, late: L): Promise<T | L> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => resolve(late));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

/** Waits for `promise`, at most `limitMs`; rejects after that, with what `failure` makes. The promise itself goes on. */
export function atMost<T>(
  clock: Clock,
  limitMs: number,
  promise: Promise<T>,
  failure = (): Error => new Error(`it took longer than ${limitMs} ms`),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(failure()));
    promise.then(resolve, reject).finally(() => timer.cancel());
  });
}

function listen(signal: AbortSignal, onAbort: () => void): void {
  // Node warns of a leak beyond ten; the signal of a session has one listener for each request, and each is removed.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", onAbort, { once: true });
}

/**
 * Resolves when the input that has arrived by then has been read and handled, as far as that goes without waiting; rejects
 * with the signal's reason, if there is one. An event loop reads input between two immediates.
 */
export async function pendingInput(ctx?: Pick<Ctx, "signal">): Promise<void> {
  await immediate();
  await immediate();
  ctx?.signal.throwIfAborted();
}
