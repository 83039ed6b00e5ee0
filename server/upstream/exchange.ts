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
  /** The next bytes of the body, undefined at its end; rejects as `head` does. One call at a time. */
  read(): Promise<Uint8Array | undefined>;
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
  let reader: { resolve(chunk: Uint8Array | undefined): void; reject(reason: unknown): void } | undefined;
  const queue: Uint8Array[] = [];

  let resolveHead = (_head: Head): void => undefined;
  let rejectHead = (_reason: unknown): void => undefined;
  const head = new Promise<Head>((resolve, reject) => {
    resolveHead = resolve;
    rejectHead = reject;
  });
  // Who was stopped before it asked for the head may never ask.
  head.catch(() => undefined);

  const fail = (reason: unknown): void => {
    if (state.kind !== "open") return;
    state = { kind: "failed", reason };
    queue.length = 0;
    rejectHead(reason);
    reader?.reject(reason);
    reader = undefined;
    events.onEnded();
  };

  const stop = (reason: unknown): void => {
    if (state.kind !== "open") return;
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
      if (reader) {
        reader.resolve(chunk);
        reader = undefined;
        return;
      }
      queue.push(chunk);
      queuedBytes += chunk.length;
      if (queuedBytes > highWaterBytes) receiving.pause();
    },
    onResponseEnd() {
      if (state.kind !== "open") return;
      state = { kind: "complete" };
      reader?.resolve(undefined);
      reader = undefined;
      events.onEnded();
    },
    onResponseError(_controller, error) {
      fail(error);
    },
  });

  return {
    head,
    read() {
      const chunk = queue.shift();
      if (chunk) {
        queuedBytes -= chunk.length;
        if (queue.length === 0 && controller?.paused) controller.resume();
        return Promise.resolve(chunk);
      }
      if (state.kind === "complete") return Promise.resolve(undefined);
      if (state.kind === "failed") return Promise.reject(state.reason);
      return new Promise((resolve, reject) => {
        reader = { resolve, reject };
      });
    },
    stop,
    discard(maxBytes) {
      queue.length = 0;
      discardLimit = maxBytes;
      if (controller?.paused) controller.resume();
      return state.kind === "open";
    },
  };
}

function stopped(): Error {
  return new Error("nobody waits for the answer any more");
}
