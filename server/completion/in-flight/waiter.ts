// One caller that waits for a shared request. It may slow the stream down by a promise, but only while it is there, and
// what its own listener throws ends its own wait alone.

import type { Answer, Part } from "../query.ts";

/** What a waiter does with what arrives. A promise holds the stream back. */
export interface Listener<T> {
  onText(index: number, text: string, part: Part | undefined): void | Promise<void>;
  /** The request has ended with `answer`; the result is the waiter's. */
  onEnd(answer: Answer): T;
}

export interface Waiter {
  onText: Listener<unknown>["onText"];
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

/**
 * `listen` makes the listener; `finish` ends the wait with a result while the request goes on. `onLeft` is called once,
 * one microtask after the waiter has left before the request's end: the next key of a document cancels its predecessor
 * and joins the same request in one turn, so the request must not look abandoned in between.
 */
export function createWaiter<T>(
  signal: AbortSignal,
  listen: (finish: (result: T) => void) => Listener<T>,
  onLeft: (waiter: Waiter) => void,
): { readonly waiter: Waiter; readonly result: Promise<T> } {
  const { promise: result, resolve, reject } = withResolvers<T>();
  let isGone = false;
  let release: (() => void) | undefined;

  const leave = (): void => {
    isGone = true;
    signal.removeEventListener("abort", onAbort);
    release?.();
  };
  const leaveEarly = (settle: () => void): void => {
    if (isGone) return;
    leave();
    settle();
    queueMicrotask(() => onLeft(waiter));
  };
  const fail = (reason: unknown): void => leaveEarly(() => reject(reason));
  const onAbort = (): void => fail(signal.reason);
  const listener = listen((value) => leaveEarly(() => resolve(value)));

  const hold = (taken: Promise<void>): Promise<void> => {
    const released = new Promise<void>((resolveReleased) => {
      release = resolveReleased;
    });
    return Promise.race([released, taken.catch(fail)]);
  };

  const waiter: Waiter = {
    onText(index, text, part) {
      if (isGone) return undefined;
      try {
        const taken = listener.onText(index, text, part);
        return taken && !isGone ? hold(taken) : undefined;
      } catch (error) {
        fail(error);
        return undefined;
      }
    },
    resolve(answer) {
      if (isGone) return;
      leave();
      try {
        resolve(listener.onEnd(answer));
      } catch (error) {
        reject(error);
      }
    },
    reject(reason) {
      if (isGone) return;
      leave();
      reject(reason);
    },
  };
  if (signal.aborted) onAbort();
  else if (!isGone) signal.addEventListener("abort", onAbort, { once: true });
  return { waiter, result };
}

function withResolvers<T>() {
  let resolve = (_value: T): void => undefined;
  let reject = (_reason: unknown): void => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
