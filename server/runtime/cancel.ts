// Cancellation that leaves nothing behind: signals linked by hand and unlinked on every way out, waits that end with
// the signal. `AbortSignal.any` is not used: with a long-lived parent it leaks on Node 20 (nodejs/node#54614). Nor is
// `AbortController`, for what belongs to one request: a completion makes four signals and listens nine times, and the
// machinery of the platform's events would cost more than everything else that is done with it.

import { setMaxListeners } from "node:events";
import type { Clock, Ctx, Signal } from "../../shared/context.ts";

export interface LinkedAbort {
  readonly signal: Signal;
  abort(reason: unknown): void;
  /** Forgets the parents. Must be called on every way out. */
  unlink(): void;
}

/** The abort and its signal in one, for each request makes several. */
class Link implements LinkedAbort, Signal {
  aborted = false;
  reason: unknown = undefined;
  readonly #parents: readonly Signal[];
  /** On each of the parents, while it follows them. */
  #follow: (() => void) | undefined;
  #listeners: (() => void)[] | undefined;

  constructor(parents: readonly Signal[]) {
    this.#parents = parents;
    for (const { aborted, reason } of parents) if (aborted) this.abort(reason);
    if (this.aborted || parents.length === 0) return;
    this.#follow = () => {
      const parent = parents.find(({ aborted }) => aborted);
      this.unlink();
      this.abort(parent?.reason);
    };
    for (const parent of parents) listen(parent, this.#follow);
  }

  get signal(): Signal {
    return this;
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  addEventListener(_type: "abort", listener: () => void): void {
    if (this.aborted) return;
    // Most have one, and room for more is not made before it is needed.
    if (!this.#listeners) this.#listeners = [listener];
    else if (!this.#listeners.includes(listener)) this.#listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: () => void): void {
    const listeners = this.#listeners ?? [];
    const at = listeners.lastIndexOf(listener);
    if (at < 0) return;
    if (at === listeners.length - 1) listeners.pop();
    else listeners.splice(at, 1);
  }

  abort(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    // One by one, for a listener may take another one off.
    for (let next = this.#listeners?.shift(); next; next = this.#listeners?.shift()) {
      try {
        next();
      } catch (error) {
        // A defect of its own, which keeps nobody else from hearing.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  unlink(): void {
    const follow = this.#follow;
    if (!follow) return;
    this.#follow = undefined;
    for (const parent of this.#parents) parent.removeEventListener("abort", follow);
  }
}

/** An abort of our own that also follows `parents`, with their reasons. */
export function linkAbort(...parents: readonly Signal[]): LinkedAbort {
  return new Link(parents);
}

/** Waits for `promise`, or rejects with the signal's reason as soon as it aborts; the promise itself goes on. */
export function untilAborted<T>(signal: Signal, promise: Promise<T>): Promise<T> {
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

function listen(signal: Signal, onAbort: () => void): void {
  // Node warns of a leak beyond ten; the signal of a session has as many as there are requests, each taken off again.
  if (signal instanceof AbortSignal) setMaxListeners(0, signal);
  signal.addEventListener("abort", onAbort, { once: true });
}
