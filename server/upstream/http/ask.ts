// One request as the endpoints see it: within its deadlines, cancelled with its context, asked once more when the
// connection was dead before it could matter. Knows no endpoint and judges no status.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { keepLast } from "../../runtime/memoize.ts";
import type { Secret } from "../../runtime/secret.ts";
import type { AnswerHeaders, HeaderList } from "./dispatch.ts";
import { Exchange, type ExchangeEvents } from "./exchange.ts";
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
  readonly headers: AnswerHeaders;
  /** What has come of the body and was not taken yet; undefined where it would have to be waited for. */
  take(): readonly Buffer[] | undefined;
  /**
   * What comes next of the body, all that came together; undefined at its end. One call at a time. Rejects with the
   * signal's reason, `timeout` after a silence of the stall deadline, `upstream-failed` when the connection breaks.
   */
  read(): Promise<readonly Buffer[] | undefined>;
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
const noHeaders: AnswerHeaders = { get: () => undefined };

/** The HTTP/2 session gives no sign of life; never leaves this file. */
class DeadSession extends Error {}

interface Deps {
  readonly clock: Clock;
  readonly lines: Lines;
}

export function createAsker(deps: Deps, settings: () => AskSettings): Asker {
  const { clock, lines } = deps;
  const underWay = new Set<Attempt>();
  // Completions are asked of the same URL all day.
  const usualPlace = keepLast(placeOf);
  let isClosed = false;

  return {
    async ask(ctx, question) {
      const place = usualPlace(question.url);
      const { host } = place;
      for (let round = 1; ; round += 1) {
        if (ctx.signal.aborted) throw ctx.signal.reason;
        if (isClosed) throw closing();
        const line = lines.to(place.origin);
        const startedMs = clock.monotonicMs();
        try {
          const answer = await new Attempt(deps, settings(), underWay, line, place, ctx, question).answered;
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
      for (const attempt of underWay) attempt.stop(closing());
    },
  };
}

/** One try within its deadlines, and the answer that comes of it. */
class Attempt implements Answer, ExchangeEvents {
  /** Resolves with the head. */
  readonly answered: Promise<Answer>;
  readonly host: string;
  status = 0;
  headers: AnswerHeaders = noHeaders;
  readonly #deps: Deps;
  readonly #settings: AskSettings;
  readonly #underWay: Set<Attempt>;
  readonly #line: Line;
  readonly #ctx: Ctx;
  readonly #question: Question;
  readonly #exchange: Exchange;
  readonly #cancel: () => void;
  #resolve = (_answer: Answer): void => undefined;
  #reject = (_reason: unknown): void => undefined;
  readonly #askedAtMs: number;
  /** When the request went onto a connection, by the monotonic clock, and what had been heard of the line by then. */
  #started: { readonly atMs: number; readonly heard: number } | undefined;
  #isOver = false;
  /** For the head, or for what comes next. */
  #deadline: Timer | undefined;
  /** HTTP/2 only: for a sign of life. */
  #lifeTimer: Timer | undefined;

  constructor(
    deps: Deps,
    settings: AskSettings,
    underWay: Set<Attempt>,
    line: Line,
    { host, path }: Place,
    ctx: Ctx,
    question: Question,
  ) {
    this.host = host;
    this.#deps = deps;
    this.#settings = settings;
    this.#underWay = underWay;
    this.#line = line;
    this.#ctx = ctx;
    this.#question = question;
    this.#askedAtMs = deps.clock.monotonicMs();
    this.#cancel = () => this.stop(ctx.signal.reason);
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    const { method, headers, body } = question;
    ctx.signal.addEventListener("abort", this.#cancel, { once: true });
    // May end before there is anything to call by its name.
    this.#exchange = new Exchange(line, { method, path, headers, body }, this);
    if (this.#isOver) return;
    underWay.add(this);
    this.#watchForHead(settings.headersTimeoutMs);
  }

  stop(reason: unknown): void {
    this.#exchange.stop(reason);
  }

  onStarted(): void {
    this.#started = { atMs: this.#deps.clock.monotonicMs(), heard: this.#line.heard() };
    if (this.#line.isHttp2()) this.#watchForLife();
  }

  onHead(status: number, headers: AnswerHeaders): void {
    this.#cancelTimers();
    this.status = status;
    this.headers = headers;
    this.#resolve(this);
  }

  onComplete(): void {
    this.#isOver = true;
    this.#cancelTimers();
    this.#ctx.signal.removeEventListener("abort", this.#cancel);
    this.#underWay.delete(this);
  }

  onFailed(reason: unknown): void {
    this.onComplete();
    this.#reject(reason);
  }

  take(): readonly Buffer[] | undefined {
    return this.#exchange.take();
  }

  read(): Promise<readonly Buffer[] | undefined> {
    const taken = this.take();
    if (taken) return Promise.resolve(taken);
    this.#watchForMore();
    return this.#exchange.wait().then(
      (chunks) => {
        this.#cancelTimers();
        return chunks;
      },
      (error: unknown) => {
        this.#cancelTimers();
        if (error === left) return undefined;
        if (isOurs(error, this.#ctx)) throw error;
        throw new CopilotError("upstream-failed", `${this.host} broke off in the middle of ${this.#question.what}.`, {
          advice: "Try again.",
          cause: error,
        });
      },
    );
  }

  leave(): void {
    this.stop(left);
  }

  finish(): void {
    if (!this.#exchange.discard(leftoverBytes)) return;
    this.#cancelTimers();
    this.#deadline = this.#deps.clock.after(leftoverMs, () => this.stop(left));
  }

  /**
   * One timer for two deadlines, until there is a place on a connection and from then on until the head: nearly every
   * request is answered before either, and would pay for both.
   */
  #watchForHead(delayMs: number): void {
    this.#deadline = this.#deps.clock.after(Math.ceil(delayMs), () => {
      const { connectTimeoutMs, headersTimeoutMs } = this.#settings;
      const { clock } = this.#deps;
      const allowedMs = this.#started ? headersTimeoutMs : connectTimeoutMs + headersTimeoutMs;
      const leftMs = allowedMs - (clock.monotonicMs() - (this.#started?.atMs ?? this.#askedAtMs));
      if (leftMs > 0) this.#watchForHead(leftMs);
      else if (this.#started) this.#onNoHead(this.#started.heard);
      else {
        // Opening a connection has its own deadline; this one is for a request that waits for a place on one.
        const words = `The request for ${this.#question.what} found no connection to ${this.host} within`;
        this.stop(timeout(words, connectTimeoutMs, "connect"));
      }
    });
  }

  #onNoHead(heardBefore: number): void {
    const line = this.#line;
    const isSilent = line.heard() === heardBefore;
    if (isSilent && line.isHttp2()) return this.stop(new DeadSession());
    // The idle connections beside this one may be as dead.
    if (isSilent) this.#deps.lines.replace(line, "drain");
    const words = `${this.host} did not answer the request for ${this.#question.what} within`;
    return this.stop(timeout(words, this.#settings.headersTimeoutMs, "headers"));
  }

  #watchForLife(): void {
    const { clock } = this.#deps;
    const line = this.#line;
    this.#lifeTimer = clock.after(pingAfterMs, () => {
      const heardAtPing = line.heard();
      line.ping();
      this.#lifeTimer = clock.after(deadAfterPingMs, () => {
        if (line.heard() === heardAtPing) this.stop(new DeadSession());
      });
    });
  }

  #watchForMore(): void {
    const { clock, lines } = this.#deps;
    const line = this.#line;
    const { stallTimeoutMs } = this.#settings;
    const heardBefore = line.heard();
    this.#deadline = clock.after(stallTimeoutMs, () => {
      if (line.isHttp2() && line.heard() === heardBefore) lines.replace(line, "drain");
      const words = `${this.host} fell silent in the middle of ${this.#question.what} for`;
      this.stop(timeout(words, stallTimeoutMs, "stall"));
    });
  }

  #cancelTimers(): void {
    this.#deadline?.cancel();
    this.#lifeTimer?.cancel();
    this.#deadline = undefined;
    this.#lifeTimer = undefined;
  }
}

/** Where a URL leads, taken apart. */
interface Place {
  readonly origin: string;
  readonly host: string;
  readonly pathname: string;
  /** With the query. */
  readonly path: string;
}

function placeOf(text: string): Place {
  const { origin, host, pathname, search } = new URL(text);
  return { origin, host, pathname, path: `${pathname}${search}` };
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
