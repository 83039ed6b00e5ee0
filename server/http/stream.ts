// Writes an answer piece by piece, no faster than the client reads it.

import type { Socket } from "node:net";
import { CopilotError } from "../../shared/errors.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What is written in this turn of the event loop leaves in one packet: the head, the pieces that came together, and the
 * end, if that came with them. A write of its own for each costs more than everything else that is done here.
 */
function gather(socket: Socket | null): void {
  if (!socket || socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}

/**
 * Returns nothing while the client keeps up, else a promise that resolves when it has. Rejects with the signal's
 * reason, and with `timeout` when the client reads nothing for too long.
 */
export function writePiece(exchange: Exchange, piece: string): void | Promise<void> {
  const { ctx, response, settings, clock } = exchange;
  gather(response.socket);
  if (response.write(piece)) return undefined;
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
