// The response to one request: its head, and its body read within deadlines. Judges no status.

import type { Clock, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { LinkedAbort } from "../../runtime/cancel.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import { bodyFailure, deadlinePassed, inSeconds } from "./failure.ts";
import type { OriginPool } from "./origin-pool.ts";
import type { ResponseHeaders, TransportResponse } from "./transport.ts";

/** The body has to be read to its end, drained or destroyed. */
export interface HttpResponse {
  readonly host: string;
  readonly status: number;
  readonly headers: ResponseHeaders;
  /**
   * The body as it comes, for one reader. Leaving the loop destroys it. Rejects with the signal's reason, `timeout` after
   * a silence of the stall deadline or too long a wait in all, `upstream-failed` when the connection breaks.
   */
  chunks(): AsyncIterable<Buffer>;
  /** Ends the request at the socket; a pending read ends as at the end of the body. Not while it is drained. */
  destroy(): void;
  /** Drops the little that may still come, so that the connection can be used again. */
  drain(): void;
}

// All waits for one body together: a service that sends a byte now and then would never reach the stall deadline.
const maxBodyWaitMs = 120_000;

const maxDrainBytes = 16 * 1024;
const maxDrainMs = 1_000;

interface Facts {
  readonly host: string;
  /** What was asked for, as a noun for messages. */
  readonly what: string;
  readonly pool: OriginPool;
  readonly response: TransportResponse;
  /** Of the request; unlinked when the body is over. */
  readonly abort: LinkedAbort;
  readonly stallTimeoutMs: number;
  /** The same before the first byte. */
  readonly firstByteTimeoutMs: number;
}

export function createHttpResponse(
  { clock, connections }: { readonly clock: Clock; readonly connections: ConnectionManager },
  { host, what, pool, response, abort, stallTimeoutMs, firstByteTimeoutMs }: Facts,
): HttpResponse {
  const { status, headers, body } = response;
  let isDestroyed = false;
  let isDraining = false;
  let waitedMs = 0;
  body.once("close", abort.unlink);

  /** Until the next chunk. A reader that takes its time is no silence of the service. */
  const startDeadline = (silenceMs: number): Timer => {
    const leftMs = Math.max(maxBodyWaitMs, silenceMs) - waitedMs;
    const receivedBefore = pool.bytesReceived();
    return clock.after(Math.min(leftMs, silenceMs), () => {
      if (leftMs < silenceMs) {
        const words = `${host} did not come to the end of ${what} within ${inSeconds(waitedMs + leftMs)}.`;
        return abort.abort(new CopilotError("timeout", words, { advice: "Try again." }));
      }
      if (pool.isHttp2() && pool.bytesReceived() === receivedBefore) connections.replace(pool, "close");
      return abort.abort(deadlinePassed(`${host} fell silent in the middle of ${what} for`, silenceMs, "stall"));
    });
  };

  async function* chunks(): AsyncGenerator<Buffer, undefined> {
    let waitingSinceMs = clock.monotonicMs();
    let deadline = startDeadline(firstByteTimeoutMs);
    try {
      for await (const chunk of body.iterator({ destroyOnReturn: false })) {
        deadline.cancel();
        waitedMs += clock.monotonicMs() - waitingSinceMs;
        yield chunk;
        waitingSinceMs = clock.monotonicMs();
        deadline = startDeadline(stallTimeoutMs);
      }
      if (body.failure) throw body.failure;
    } catch (error) {
      if (isDestroyed) return;
      throw abort.signal.aborted ? abort.signal.reason : bodyFailure(error, host, what);
    } finally {
      deadline.cancel();
      if (!isDraining) body.destroy();
    }
  }

  return {
    host,
    status,
    headers,
    chunks,
    destroy() {
      isDestroyed = true;
      if (!isDraining) body.destroy();
    },
    drain() {
      isDraining = true;
      if (body.isComplete) {
        body.destroy();
        return;
      }
      let bytes = 0;
      const deadline = clock.after(maxDrainMs, () => body.destroy());
      body.once("close", () => deadline.cancel());
      body.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxDrainBytes) body.destroy();
      });
      body.resume();
    },
  };
}
