// One request on one connection and its answer, read chunk by chunk with back-pressure. Whoever stops it is answered at
// once with their own reason, whatever the connection does. Knows no deadline, no status and no retry.

import type { AnswerHeaders, Controller, Dispatch, Handler } from "./dispatch.ts";
import type { Line } from "./line.ts";

export interface ExchangeEvents {
  /** The request goes onto a connection. */
  onStarted(): void;
  onHead(status: number, headers: AnswerHeaders): void;
  /** Nothing more will come. Either this or the next one, once. */
  onComplete(): void;
  /** `reason`: the error of the connection, or what `stop` was given. */
  onFailed(reason: unknown): void;
}

// Bytes that may wait for a slow reader before the connection is told to hold back.
const highWaterBytes = 64 * 1024;

interface Waiting {
  resolve(): void;
  reject(reason: unknown): void;
}

/** A class, as what stands above it: there is one for each request. */
export class Exchange implements Handler {
  readonly #events: ExchangeEvents;
  #state: "open" | "complete" | "failed" = "open";
  /** What it failed with. */
  #reason: unknown;
  #controller: Controller | undefined;
  #queue: Buffer[] = [];
  #queuedBytes = 0;
  #discardLimit: number | undefined;
  #reader: Waiting | undefined;

  constructor(line: Line, dispatch: Dispatch, events: ExchangeEvents) {
    this.#events = events;
    line.dispatch(dispatch, this);
  }

  /** What has come of the body and was not taken yet; undefined where it would have to be waited for, or never comes. */
  take(): readonly Buffer[] | undefined {
    if (this.#queue.length === 0) return undefined;
    const chunks = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#goOn();
    return chunks;
  }

  /**
   * Waits for more, and resolves with all that came together; with undefined at the end of the body. Rejects with
   * the error of the connection, or with what `stop` was given. One call at a time.
   */
  wait(): Promise<readonly Buffer[] | undefined> {
    if (this.#state === "complete") return Promise.resolve(this.take());
    if (this.#state === "failed") return Promise.reject(this.#reason);
    return new Promise<void>((resolve, reject) => {
      this.#reader = { resolve, reject };
    }).then(() => {
      const chunks = this.take();
      if (!chunks && this.#state === "failed") throw this.#reason;
      return chunks;
    });
  }

  /** Ends it at the socket, and fails it with `reason`. Without effect once it has ended. */
  stop(reason: unknown): void {
    if (this.#state !== "open") return;
    this.#queue = [];
    this.#fail(reason);
    this.#controller?.abort(stopped());
  }

  /**
   * Lets a body that nobody reads any more run out, so that the connection can be used again; stops beyond the bound.
   * Answers whether there is anything left to wait for.
   */
  discard(maxBytes: number): boolean {
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#discardLimit = maxBytes;
    this.#goOn();
    return this.#state === "open";
  }

  isWanted(): boolean {
    return this.#state === "open";
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#state === "open") this.#events.onStarted();
    else controller.abort(stopped());
  }

  onResponseStart(_controller: Controller, status: number, headers: AnswerHeaders): void {
    if (status >= 200 && this.#state === "open") this.#events.onHead(status, headers);
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.#state !== "open") return;
    if (this.#discardLimit !== undefined) {
      this.#discardLimit -= chunk.length;
      if (this.#discardLimit < 0) this.stop(stopped());
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    // What comes in the same packet is there when the reader wakes up.
    this.#wakeReader();
    if (this.#queuedBytes > highWaterBytes) controller.pause();
  }

  onResponseEnd(): void {
    if (this.#state !== "open") return;
    this.#state = "complete";
    this.#wakeReader();
    this.#events.onComplete();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#fail(error);
  }

  // What came before the end of a connection is there to be taken.
  #fail(reason: unknown): void {
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#reason = reason;
    this.#reader?.reject(reason);
    this.#reader = undefined;
    this.#events.onFailed(reason);
  }

  #wakeReader(): void {
    this.#reader?.resolve();
    this.#reader = undefined;
  }

  #goOn(): void {
    if (this.#controller?.paused) this.#controller.resume();
  }
}

function stopped(): Error {
  return new Error("nobody waits for the answer any more");
}
