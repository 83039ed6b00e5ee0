// One request as the endpoints see it: within its deadlines, cancelled with its context, asked once more when the
// connection was dead before it could matter. Knows no endpoint and judges no status.

import type { IncomingHttpHeaders } from "node:http";
import type { Clock, Ctx, Timer } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Secret } from "../runtime/secret.ts";
import { type Exchange, startExchange } from "./exchange.ts";
import { inSeconds, isLostConnection, networkFailure } from "./failure.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";

export interface Question {
  readonly method: "GET" | "POST";
  /** Absolute, https or loopback http. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What is asked for, as a noun for messages: `the session token`. */
  readonly what: string;
  /** What the request carries and no message may show. */
  readonly secrets: readonly Secret[];
}

export interface Answer {
  readonly host: string;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /**
   * The next bytes of the body, undefined at its end; one call at a time. Rejects with the signal's reason, `timeout`
   * after a silence of the stall deadline, `upstream-failed` when the connection breaks.
   */
  read(): Promise<Uint8Array | undefined>;
  /** Ends the answer at the socket; a pending `read` resolves with undefined. Idempotent. */
  leave(): void;
  /** Lets the little that may still come run out, so that the connection can be used again. */
  finish(): void;
}

export interface AskSettings {
  readonly connectTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly stallTimeoutMs: number;
}

export interface Asker {
  /** Resolves with the head of the answer, whatever its status. */
  ask(ctx: Ctx, question: Question): Promise<Answer>;
  /** Ends what is under way, and what is asked later, with `closing`. */
  close(): void;
}

// A live HTTP/2 peer answers a PING at once, however long the model thinks: silence after both waits is a dead session.
const pingAfterMs = 1_000;
const deadAfterPingMs = 1_500;

const leftoverBytes = 16 * 1024;
const leftoverMs = 1_000;

const left = Symbol("left");

/** The HTTP/2 session gives no sign of life; never leaves this file. */
class DeadSession extends Error {}

export function createAsker(
  deps: { readonly clock: Clock; readonly lines: Lines },
  settings: () => AskSettings,
): Asker {
  const { clock, lines } = deps;
  const active = new Set<Exchange>();
  let isClosed = false;

  const attempt = async (ctx: Ctx, question: Question, url: URL, line: Line): Promise<Answer> => {
    const { connectTimeoutMs, headersTimeoutMs, stallTimeoutMs } = settings();
    const { what, method, headers, body } = question;
    const timers = new Set<Timer>();
    const after = (delayMs: number, callback: () => void): void => {
      timers.add(clock.after(delayMs, callback));
    };
    const cancelTimers = (): void => {
      for (const timer of timers) timer.cancel();
      timers.clear();
    };
    const cancel = (): void => exchange.stop(ctx.signal.reason);

    const watchHead = (): void => {
      cancelTimers();
      const bytesBefore = line.bytesRead();
      const isSilent = (): boolean => line.bytesRead() === bytesBefore;
      after(headersTimeoutMs, () => {
        if (isSilent() && line.isHttp2()) exchange.stop(new DeadSession());
        else {
          // The idle connections beside this one may be as dead.
          if (isSilent()) lines.replace(line, "drain");
          exchange.stop(
            timeout(`${url.host} did not answer the request for ${what} within`, headersTimeoutMs, "headers"),
          );
        }
      });
      if (!line.isHttp2()) return;
      after(pingAfterMs, () => {
        const bytesAtPing = line.bytesRead();
        line.ping();
        after(deadAfterPingMs, () => {
          if (line.bytesRead() === bytesAtPing) exchange.stop(new DeadSession());
        });
      });
    };

    // Opening a connection has its own deadline; this one is for a request that waits for a place on one.
    after(connectTimeoutMs + headersTimeoutMs, () => {
      exchange.stop(
        timeout(`The request for ${what} found no connection to ${url.host} within`, connectTimeoutMs, "connect"),
      );
    });
    ctx.signal.addEventListener("abort", cancel, { once: true });
    const exchange: Exchange = startExchange(
      line,
      { method, path: `${url.pathname}${url.search}`, headers, body },
      {
        onStarted: watchHead,
        onEnded() {
          cancelTimers();
          ctx.signal.removeEventListener("abort", cancel);
          // May be called before there is anything to delete.
          queueMicrotask(() => active.delete(exchange));
        },
      },
    );
    active.add(exchange);

    const head = await exchange.head;
    cancelTimers();
    return {
      host: url.host,
      ...head,
      async read() {
        const bytesBefore = line.bytesRead();
        after(stallTimeoutMs, () => {
          if (line.isHttp2() && line.bytesRead() === bytesBefore) lines.replace(line, "drain");
          exchange.stop(timeout(`${url.host} fell silent in the middle of ${what} for`, stallTimeoutMs, "stall"));
        });
        try {
          return await exchange.read();
        } catch (error) {
          if (error === left) return undefined;
          if (isOurs(error, ctx)) throw error;
          throw new CopilotError("upstream-failed", `${url.host} broke off in the middle of ${what}.`, {
            advice: "Try again.",
            cause: error,
          });
        } finally {
          cancelTimers();
        }
      },
      leave: () => exchange.stop(left),
      finish() {
        if (exchange.discard(leftoverBytes)) after(leftoverMs, () => exchange.stop(left));
      },
    };
  };

  return {
    async ask(ctx, question) {
      const url = new URL(question.url);
      for (let round = 1; ; round += 1) {
        if (ctx.signal.aborted) throw ctx.signal.reason;
        if (isClosed) throw closing();
        const line = lines.to(url.origin);
        const startedMs = clock.monotonicMs();
        try {
          const answer = await attempt(ctx, question, url, line);
          ctx.log.debug("answered", {
            id: ctx.id,
            host: url.host,
            path: url.pathname,
            status: answer.status,
            headMs: Math.round(clock.monotonicMs() - startedMs),
            http2: line.isHttp2(),
          });
          return answer;
        } catch (error) {
          if (isOurs(error, ctx)) throw error;
          const isDead = error instanceof DeadSession;
          const isLost = isDead || isLostConnection(error);
          if (isDead) lines.replace(line, "cut");
          if (isLost && round === 1) {
            ctx.log.debug("the connection was dead; asking once more", { id: ctx.id, host: url.host, silent: isDead });
            continue;
          }
          if (isDead) {
            const waitedMs = clock.monotonicMs() - startedMs;
            throw timeout(`${url.host} did not answer the request for ${question.what} within`, waitedMs, "headers");
          }
          throw networkFailure(error, url.host);
        }
      }
    },
    close() {
      isClosed = true;
      for (const exchange of active) exchange.stop(closing());
    },
  };
}

function isOurs(error: unknown, ctx: Ctx): boolean {
  return error instanceof CopilotError || (ctx.signal.aborted && error === ctx.signal.reason);
}

function closing(): CopilotError {
  return new CopilotError("closing", "copilot-lsp is shutting down.");
}

function timeout(what: string, afterMs: number, deadline: "connect" | "headers" | "stall"): CopilotError {
  return new CopilotError("timeout", `${what} ${inSeconds(afterMs)}.`, {
    advice: `Check the network, or wait longer with upstream.${deadline}TimeoutMs.`,
  });
}
