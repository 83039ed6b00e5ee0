// One request as the endpoints see it: within its deadlines, cancelled with its context, asked once more when the
// connection was dead before it could matter. Knows no endpoint and judges no status.

import type { IncomingHttpHeaders } from "node:http";
import type { Clock, Ctx, Timer } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { Few } from "../runtime/few.ts";
import type { Secret } from "../runtime/secret.ts";
import type { HeaderList } from "./dispatch.ts";
import { type Exchange, startExchange } from "./exchange.ts";
import { inSeconds, isLostConnection, networkFailure } from "./failure.ts";
import type { Line } from "./line.ts";
import type { Lines } from "./lines.ts";

export interface Question {
  readonly method: "GET" | "POST";
  /** Absolute, https or loopback http. */
  readonly url: string;
  readonly headers: HeaderList;
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
  /** What has come of the body and was not taken yet; undefined where it would have to be waited for. */
  take(): readonly Uint8Array[] | undefined;
  /**
   * What comes next of the body, all that came together; undefined at its end. One call at a time. Rejects with the
   * signal's reason, `timeout` after a silence of the stall deadline, `upstream-failed` when the connection breaks.
   */
  read(): Promise<readonly Uint8Array[] | undefined>;
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
  const active = new Few<Exchange>();
  const placeOf = createPlaces();
  let isClosed = false;

  const attempt = async (ctx: Ctx, question: Question, place: Place, line: Line): Promise<Answer> => {
    const { connectTimeoutMs, headersTimeoutMs, stallTimeoutMs } = settings();
    const { what, method, headers, body } = question;
    const { host, path } = place;
    const timers: Timer[] = [];
    const after = (delayMs: number, callback: () => void): void => {
      timers.push(clock.after(delayMs, callback));
    };
    const cancelTimers = (): void => {
      for (const timer of timers) timer.cancel();
      timers.length = 0;
    };
    let hasStarted = false;
    let isOver = false;
    // May end before there is anything to call by its name.
    let started: Exchange | undefined;
    const cancel = (): void => exchange.stop(ctx.signal.reason);

    const watchHead = (): void => {
      hasStarted = true;
      cancelTimers();
      const heardBefore = line.heard();
      const isSilent = (): boolean => line.heard() === heardBefore;
      after(headersTimeoutMs, () => {
        if (isSilent() && line.isHttp2()) exchange.stop(new DeadSession());
        else {
          // The idle connections beside this one may be as dead.
          if (isSilent()) lines.replace(line, "drain");
          exchange.stop(timeout(`${host} did not answer the request for ${what} within`, headersTimeoutMs, "headers"));
        }
      });
      if (!line.isHttp2()) return;
      after(pingAfterMs, () => {
        const heardAtPing = line.heard();
        line.ping();
        after(deadAfterPingMs, () => {
          if (line.heard() === heardAtPing) exchange.stop(new DeadSession());
        });
      });
    };

    ctx.signal.addEventListener("abort", cancel, { once: true });
    const exchange: Exchange = startExchange(
      line,
      { method, path, headers, body },
      {
        onStarted: watchHead,
        onEnded() {
          isOver = true;
          cancelTimers();
          ctx.signal.removeEventListener("abort", cancel);
          if (started) active.delete(started);
        },
      },
    );
    started = exchange;
    if (!isOver) active.add(exchange);
    // Opening a connection has its own deadline; this one is for a request that waits for a place on one.
    if (!isOver && !hasStarted) {
      after(connectTimeoutMs + headersTimeoutMs, () => {
        exchange.stop(
          timeout(`The request for ${what} found no connection to ${host} within`, connectTimeoutMs, "connect"),
        );
      });
    }

    const head = await exchange.head;
    cancelTimers();
    return {
      host,
      ...head,
      take: exchange.take,
      read() {
        const taken = exchange.take();
        if (taken) return Promise.resolve(taken);
        const heardBefore = line.heard();
        after(stallTimeoutMs, () => {
          if (line.isHttp2() && line.heard() === heardBefore) lines.replace(line, "drain");
          exchange.stop(timeout(`${host} fell silent in the middle of ${what} for`, stallTimeoutMs, "stall"));
        });
        return exchange.wait().then(
          (chunks) => {
            cancelTimers();
            return chunks;
          },
          (error: unknown) => {
            cancelTimers();
            if (error === left) return undefined;
            if (isOurs(error, ctx)) throw error;
            throw new CopilotError("upstream-failed", `${host} broke off in the middle of ${what}.`, {
              advice: "Try again.",
              cause: error,
            });
          },
        );
      },
      leave: () => exchange.stop(left),
      finish() {
        if (exchange.discard(leftoverBytes)) after(leftoverMs, () => exchange.stop(left));
      },
    };
  };

  return {
    async ask(ctx, question) {
      const place = placeOf(question.url);
      const { host } = place;
      for (let round = 1; ; round += 1) {
        if (ctx.signal.aborted) throw ctx.signal.reason;
        if (isClosed) throw closing();
        const line = lines.to(place.origin);
        const startedMs = clock.monotonicMs();
        try {
          const answer = await attempt(ctx, question, place, line);
          ctx.log.debug("answered", {
            id: ctx.id,
            host,
            path: place.pathname,
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
            ctx.log.debug("the connection was dead; asking once more", { id: ctx.id, host, silent: isDead });
            continue;
          }
          if (isDead) {
            const waitedMs = clock.monotonicMs() - startedMs;
            throw timeout(`${host} did not answer the request for ${question.what} within`, waitedMs, "headers");
          }
          throw networkFailure(error, host);
        }
      }
    },
    close() {
      isClosed = true;
      for (const exchange of active) exchange.stop(closing());
    },
  };
}

/** Where a URL leads, taken apart. */
interface Place {
  readonly origin: string;
  readonly host: string;
  readonly pathname: string;
  /** With the query. */
  readonly path: string;
}

/** Remembers the last one, because completions are asked of the same URL all day. */
function createPlaces(): (url: string) => Place {
  let last: { readonly text: string; readonly place: Place } | undefined;
  return (text) => {
    if (last?.text !== text) {
      const { origin, host, pathname, search } = new URL(text);
      last = { text, place: { origin, host, pathname, path: `${pathname}${search}` } };
    }
    return last.place;
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
