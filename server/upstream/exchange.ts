// One request on one connection and its answer, read chunk by chunk with back-pressure. Whoever stops it is answered at
// once with their own reason, whatever the connection does. Knows no deadline, no status and no retry.

import type { IncomingHttpHeaders } from "node:http";
import type { Controller, Dispatch } from "./dispatch.ts";
import type { Line } from "./line.ts";

export interface Head {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface Exchange {
  /** Rejects with the error of the connection, or with what `stop` was given. */
  readonly head: Promise<Head>;
  /** What has come of the body and was not taken yet; undefined where it would have to be waited for, or never comes. */
  take(): readonly Uint8Array[] | undefined;
  /**
   * Waits for more, and resolves with all that came together; with undefined at the end of the body. Rejects as `head`
   * does. One call at a time.
   */
  wait(): Promise<readonly Uint8Array[] | undefined>;
  /** Ends it at the socket; pending and later calls reject with `reason`. Without effect once it has ended. */
  stop(reason: unknown): void;
  /**
   * Lets a body that nobody reads any more run out, so that the connection can be used again; stops beyond the bound.
   * Answers whether there is anything left to wait for.
   */
  discard(maxBytes: number): boolean;
}

export interface ExchangeEvents {
  /** The request goes onto a connection. */
  onStarted(): void;
  /** Nothing more will come, for whichever reason; called once. */
  onEnded(): void;
}

// Bytes that may wait for a slow reader before the connection is told to hold back.
const highWaterBytes = 64 * 1024;

type State =
  | { readonly kind: "open" }
  | { readonly kind: "complete" }
  | { readonly kind: "failed"; readonly reason: unknown };

export function startExchange(line: Line, dispatch: Dispatch, events: ExchangeEvents): Exchange {
  let state: State = { kind: "open" };
  let controller: Controller | undefined;
  let queuedBytes = 0;
  let discardLimit: number | undefined;
  let reader: { resolve(): void; reject(reason: unknown): void } | undefined;
  let queue: Uint8Array[] = [];

  let resolveHead = (_head: Head): void => undefined;
  let rejectHead = (_reason: unknown): void => undefined;
  const head = new Promise<Head>((resolve, reject) => {
    resolveHead = resolve;
    rejectHead = reject;
  });
  // Who was stopped before it asked for the head may never ask.
  head.catch(() => undefined);

  // What came before the end of a connection is there to be taken.
  const fail = (reason: unknown): void => {
    if (state.kind !== "open") return;
    state = { kind: "failed", reason };
    rejectHead(reason);
    reader?.reject(reason);
    reader = undefined;
    events.onEnded();
  };

  const stop = (reason: unknown): void => {
    if (state.kind !== "open") return;
    queue = [];
    fail(reason);
    controller?.abort(stopped());
  };

  line.dispatch(dispatch, {
    isWanted: () => state.kind === "open",
    onRequestStart(started) {
      controller = started;
      if (state.kind === "open") events.onStarted();
      else started.abort(stopped());
    },
    onResponseStart(_controller, status, headers) {
      if (status >= 200) resolveHead({ status, headers });
    },
    onResponseData(receiving, chunk) {
      if (state.kind !== "open") return;
      if (discardLimit !== undefined) {
        discardLimit -= chunk.length;
        if (discardLimit < 0) stop(stopped());
        return;
      }
      queue.push(chunk);
      queuedBytes += chunk.length;
      // What comes in the same packet is there when the reader wakes up.
      reader?.resolve();
      reader = undefined;
      if (queuedBytes > highWaterBytes) receiving.pause();
    },
    onResponseEnd() {
      if (state.kind !== "open") return;
      state = { kind: "complete" };
      reader?.resolve();
      reader = undefined;
      events.onEnded();
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  });

  const take = (): readonly Uint8Array[] | undefined => {
    if (queue.length === 0) return undefined;
    const chunks = queue;
    queue = [];
    queuedBytes = 0;
    if (controller?.paused) controller.resume();
    return chunks;
  };

  return {
    head,
    take,
    wait() {
      if (state.kind === "complete") return Promise.resolve(take());
      if (state.kind === "failed") return Promise.reject(state.reason);
      return new Promise<void>((resolve, reject) => {
        reader = { resolve, reject };
      }).then(() => {
        const chunks = take();
        if (!chunks && state.kind === "failed") throw state.reason;
        return chunks;
      });
    },
    stop,
    discard(maxBytes) {
      queue = [];
      queuedBytes = 0;
      discardLimit = maxBytes;
      if (controller?.paused) controller.resume();
      return state.kind === "open";
    },
  };
}

function stopped(): Error {
  return new Error("nobody waits for the answer any more");
}
