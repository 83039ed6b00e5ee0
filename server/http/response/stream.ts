// Writes an answer piece by piece, no faster than the client reads it. Node joins what is written in one turn of the
// event loop, head and chunks, into one packet.

import { CopilotError } from "../../../shared/errors.ts";
import type { RequestContext } from "../request/request-context.ts";
import type { Headers } from "./problem.ts";

/** Writes the head of an answer of status 200 that comes in pieces, unless it is written already. */
export function beginStream({ response }: RequestContext, headers: Headers): void {
  // nginx holds an answer back until it is whole, unless it is told not to.
  if (!response.headersSent) response.writeHead(200, { ...headers, "X-Accel-Buffering": "no" });
}

/**
 * Returns nothing while the client keeps up, else a promise that resolves when it has. Rejects with the signal's
 * reason, and with `timeout` when the client reads nothing for too long.
 */
export function writePiece(context: RequestContext, piece: string): void | Promise<void> {
  return context.response.write(piece) ? undefined : untilDrained(context);
}

function untilDrained({ ctx, response, settings, clock }: RequestContext): Promise<void> {
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
export function cutAnswer({ request, response }: RequestContext): void {
  const { socket } = request;
  // Without chunks the end of the connection is the end of the answer, so it must not look like one. Only TCP has a
  // reset; on a Unix socket `resetAndDestroy` throws.
  if (request.httpVersion === "1.0" && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  // Behind the answer to an earlier request, or to a client that does not read, nothing more can be delivered.
  else if (!response.socket || response.writableNeedDrain) socket.destroy();
  else socket.destroySoon();
}
