// One request as the endpoints see it: within its deadlines, cancelled with its context, sent once more when its
// connection was lost and that can do no harm. Knows no endpoint and judges no status.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { ConnectionManager } from "./connection-manager.ts";
import { deadlinePassed, isLostConnection, isNotProcessed, networkFailure } from "./failure.ts";
import { createHttpResponse, type HttpResponse } from "./http-response.ts";
import type { OriginPool } from "./origin-pool.ts";

export interface HttpRequest {
  /** A POST is not sent again once the service may have seen it. */
  readonly method: "GET" | "POST";
  /** Absolute, https or loopback http. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is asked for, as a noun for messages: `the session token`. */
  readonly what: string;
  /** What the request carries and no message may show. */
  readonly secrets: readonly Secret[];
}

export interface HttpClientSettings {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly stallTimeoutMs: number;
  /** Silence before the first byte of a body; absent: as within it. */
  readonly firstByteTimeoutMs?: number;
}

export interface HttpClient {
  /** Resolves with the head of the response, whatever its status. */
  request(ctx: Ctx, request: HttpRequest): Promise<HttpResponse>;
  /** Ends what is under way, and what is asked later, with `closing`. */
  close(): void;
}

// A live HTTP/2 peer answers a PING at once, however long the model thinks: silence after both waits is a dead session.
const pingAfterMs = 1_000;
const deadAfterPingMs = 1_500;

/** The HTTP/2 session gives no sign of life; never leaves this file. */
class DeadSession extends Error {}

export function createHttpClient(
  deps: { readonly clock: Clock; readonly connections: ConnectionManager },
  settings: () => HttpClientSettings,
): HttpClient {
  const { clock, connections } = deps;
  const closing = new AbortController();

  /** One try. Rejects with what befell it, not yet put into words. */
  async function send(
    ctx: Ctx,
    request: HttpRequest,
    url: URL,
    pool: OriginPool,
    onSent: () => void,
  ): Promise<HttpResponse> {
    const { connectTimeoutMs, headersTimeoutMs, stallTimeoutMs, firstByteTimeoutMs = stallTimeoutMs } = settings();
    const { host } = url;
    const abort = linkAbort(ctx.signal, closing.signal);

    // Opening a connection has its own deadline; this one is for a request that waits for one.
    let deadline = clock.after(connectTimeoutMs + headersTimeoutMs, () => {
      const words = `The request for ${request.what} found no connection to ${host} within`;
      abort.abort(deadlinePassed(words, connectTimeoutMs, "connect"));
    });
    let ping: Timer | undefined;
    const startHeadDeadlines = (): void => {
      const receivedBefore = pool.bytesReceived();
      deadline.cancel();
      deadline = clock.after(headersTimeoutMs, () => {
        const isSilent = pool.bytesReceived() === receivedBefore;
        if (isSilent && pool.isHttp2()) return abort.abort(new DeadSession());
        // The idle connections beside this one may be as dead.
        if (isSilent) connections.replace(pool, "close");
        abort.abort(
          deadlinePassed(`${host} did not answer the request for ${request.what} within`, headersTimeoutMs, "headers"),
        );
      });
      if (!pool.isHttp2()) return;
      ping = clock.after(pingAfterMs, () => {
        const receivedAtPing = pool.bytesReceived();
        pool.ping();
        ping = clock.after(deadAfterPingMs, () => {
          if (pool.bytesReceived() === receivedAtPing) abort.abort(new DeadSession());
        });
      });
    };

    try {
      const { method, headers, body } = request;
      const path = `${url.pathname}${url.search}`;
      const response = await pool.request({
        method,
        path,
        headers,
        body,
        signal: abort.signal,
        onSent() {
          onSent();
          startHeadDeadlines();
        },
      });
      return createHttpResponse(deps, {
        host,
        what: request.what,
        pool,
        response,
        abort,
        stallTimeoutMs,
        firstByteTimeoutMs,
      });
    } catch (error) {
      abort.unlink();
      throw error;
    } finally {
      deadline.cancel();
      ping?.cancel();
    }
  }

  return {
    async request(ctx, request) {
      const url = new URL(request.url);
      const { host, pathname: path, origin } = url;
      for (let attempt = 1; ; attempt += 1) {
        ctx.signal.throwIfAborted();
        closing.signal.throwIfAborted();
        const pool = connections.poolFor(origin);
        const startedMs = clock.monotonicMs();
        let isSent = false;
        const onSent = (): void => {
          isSent = true;
        };
        try {
          const response = await send(ctx, request, url, pool, onSent);
          const headMs = Math.round(clock.monotonicMs() - startedMs);
          const { status } = response;
          ctx.log.debug("answered", { id: ctx.id, host, path, status, headMs, http2: pool.isHttp2() });
          return response;
        } catch (error) {
          if (ctx.signal.aborted) throw ctx.signal.reason;
          if (error instanceof CopilotError) throw error;
          const isDead = error instanceof DeadSession;
          if (isDead) connections.replace(pool, "destroy");
          const mayRepeat = request.method === "GET" || !isSent || isNotProcessed(error);
          if ((isDead || isLostConnection(error)) && mayRepeat && attempt === 1) {
            ctx.log.debug("the connection was lost; asking once more", { id: ctx.id, host, silent: isDead });
            continue;
          }
          if (isDead) {
            const waitedMs = clock.monotonicMs() - startedMs;
            throw deadlinePassed(`${host} did not answer the request for ${request.what} within`, waitedMs, "headers");
          }
          throw networkFailure(error, host);
        }
      }
    },
    close() {
      closing.abort(new CopilotError("closing", "copilot-lsp is shutting down."));
    },
  };
}
