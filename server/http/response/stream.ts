// Writes an answer piece by piece, no faster than the client reads it.

import { CopilotError } from "../../../shared/errors.ts";
import type { Exchange } from "../request/exchange.ts";
import { type HeadLines, writeHead } from "./head.ts";

/**
 * An answer of status 200 that is written as it is produced. What comes of one packet of the service leaves together, as
 * soon as all that it brings about is done: the head, the pieces, and the end, if that came with them. A write of its
 * own for each costs more than everything else that is done here.
 */
export class StreamedAnswer {
  readonly #exchange: Exchange;
  readonly #head: Readonly<HeadLines>;
  readonly #whole: "by-length" | "in-chunks";
  #hasBegun = false;
  #pending = "";

  /**
   * `whole`: how an answer is framed that came whole. By its length it is one write, head and all; but `http.client` of
   * Python's library does not find the end of one that it reads line by line, as it would read events, so these go in
   * chunks.
   */
  constructor(exchange: Exchange, head: Readonly<HeadLines>, whole: "by-length" | "in-chunks") {
    this.#exchange = exchange;
    this.#head = head;
    this.#whole = whole;
  }

  /** Something was written, whether it has gone out or not. */
  hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Returns nothing while the client keeps up, else a promise that resolves when it has. Rejects with the signal's
   * reason, and with `timeout` when the client reads nothing for too long.
   */
  write(piece: string): void | Promise<void> {
    const { response } = this.#exchange;
    this.#hasBegun = true;
    // After the promises that wait for this piece, and before anything else is read.
    if (this.#pending === "") process.nextTick(flushed, this);
    this.#pending += piece;
    // Not held here beyond what the connection would hold.
    if (this.#pending.length >= response.writableHighWaterMark) this.flush();
    return response.writableNeedDrain ? untilDrained(this.#exchange) : undefined;
  }

  /** Lets go out at once what was written, for what comes next is not an end. */
  flush(): void {
    const { response } = this.#exchange;
    if (this.#pending === "" || response.writableEnded || response.destroyed) return;
    if (!response.headersSent) writeHead(this.#exchange, 200, this.#head);
    response.write(this.#pending);
    this.#pending = "";
  }

  end(rest: string): void {
    const { response } = this.#exchange;
    const text = this.#pending + rest;
    this.#pending = "";
    if (!response.headersSent) {
      const isByLength = this.#whole === "by-length";
      const length = isByLength ? ["Content-Length", String(Buffer.byteLength(text))] : [];
      writeHead(this.#exchange, 200, this.#head, length);
    }
    response.end(text);
  }
}

const flushed = (answer: StreamedAnswer): void => answer.flush();

/** Writes a piece of an answer whose head has been written. As `StreamedAnswer.write`. */
export function writePiece(exchange: Exchange, piece: string): void | Promise<void> {
  return exchange.response.write(piece) ? undefined : untilDrained(exchange);
}

function untilDrained({ ctx, response, settings, clock }: Exchange): Promise<void> {
  if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      deadline.cancel();
      response.off("drain", resume);
      ctx.signal.removeEventListener("abort", leave);
    };
    const resume = (): void => {
      settle();
      resolve();
    };
    const leave = (): void => {
      settle();
      reject(ctx.signal.reason);
    };
    const deadline = clock.after(settings.limits.readerTimeoutMs, () => {
      settle();
      reject(new CopilotError("timeout", "The client stopped reading its answer."));
    });
    response.on("drain", resume);
    ctx.signal.addEventListener("abort", leave, { once: true });
  });
}

/** Breaks an answer off so that no client can take what it has for the whole. */
export function cutAnswer({ request, response }: Exchange): void {
  const { socket } = request;
  // Without chunks the end of the connection is the end of the answer, so it must not look like one. Only TCP has a
  // reset; on a Unix socket `resetAndDestroy` throws.
  if (request.httpVersion === "1.0" && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  // Behind the answer to an earlier request, or to a client that does not read, nothing more can be delivered.
  else if (!response.socket || response.writableNeedDrain) socket.destroy();
  else socket.destroySoon();
}
