// Writes an answer piece by piece, no faster than the client reads it.

import { CopilotError } from "../../shared/errors.ts";
import type { Exchange } from "./exchange.ts";
import { type HeadLines, writeHead } from "./head.ts";

/** An answer of status 200 that is written as it is produced. */
export interface StreamedAnswer {
  /** Something was written, whether it has gone out or not. */
  hasBegun(): boolean;
  /**
   * Returns nothing while the client keeps up, else a promise that resolves when it has. Rejects with the signal's
   * reason, and with `timeout` when the client reads nothing for too long.
   */
  write(piece: string): void | Promise<void>;
  /** Lets go out at once what was written, for what comes next is not an end. */
  flush(): void;
  end(rest: string): void;
}

/**
 * What comes of one packet of the service leaves together, as soon as all that it brings about is done: the head, the
 * pieces, and the end, if that came with them. A write of its own for each costs more than everything else that is done
 * here. `whole`: how an answer is framed that came whole. By its length it is one write, head and all; but `http.client`
 * of Python's library does not find the end of one that it reads line by line, as it would read events, so these go in
 * chunks.
 */
export function createStreamedAnswer(
  exchange: Exchange,
  head: Readonly<HeadLines>,
  whole: "by-length" | "in-chunks",
): StreamedAnswer {
  const { response } = exchange;
  let pending = "";
  let hasBegun = false;
  const flush = (): void => {
    if (pending === "" || response.writableEnded || response.destroyed) return;
    if (!response.headersSent) writeHead(exchange, 200, head);
    response.write(pending);
    pending = "";
  };
  return {
    hasBegun: () => hasBegun,
    write(piece) {
      hasBegun = true;
      // After the promises that wait for this piece, and before anything else is read.
      if (pending === "") process.nextTick(flush);
      pending += piece;
      // Not held here beyond what the connection would hold.
      if (pending.length >= response.writableHighWaterMark) flush();
      return response.writableNeedDrain ? untilDrained(exchange) : undefined;
    },
    flush,
    end(rest) {
      const text = pending + rest;
      pending = "";
      if (!response.headersSent) {
        const length = whole === "by-length" ? ["Content-Length", String(Buffer.byteLength(text))] : [];
        writeHead(exchange, 200, head.concat(length));
      }
      response.end(text);
    },
  };
}

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
  // Without chunks the end of the connection is the end of the answer, so that it must not look like one.
  if (request.httpVersion === "1.0") socket.resetAndDestroy();
  // Behind the answer to an earlier request, or to a client that does not read, nothing more can be delivered.
  else if (!response.socket || response.writableNeedDrain) socket.destroy();
  else socket.destroySoon();
}

/** Holds back half a surrogate pair until its other half comes: alone it could not be written as UTF-8. */
export function createPairKeeper(): (text: string) => string {
  let held = "";
  return (text) => {
    const whole = held + text;
    const last = whole.charCodeAt(whole.length - 1);
    const isHalf = last >= 0xd800 && last <= 0xdbff;
    held = isHalf ? whole.slice(-1) : "";
    return isHalf ? whole.slice(0, -1) : whole;
  };
}
