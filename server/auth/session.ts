// The Copilot session token: got with the GitHub token, renewed before it is needed, one exchange at a time, asked for
// no more often than the service wants. Knows nothing of sign-in, but that the GitHub token may change at any time.

import type { Clock, Ctx, Log, Timer } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { createEmitter } from "../runtime/emitter.ts";
import { redact } from "../runtime/secret.ts";
import type { GitHubApi, SessionToken } from "../upstream/types.ts";
import type { CredentialHolder } from "./credential.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";
import { expiresInMs, type HeldSession, refreshInMs, shortestRefreshMs } from "./session-lifetime.ts";
import { createRetryPolicy } from "./retry-policy.ts";
import type { Credential } from "./token-sources.ts";
import type { SessionSource } from "./types.ts";

/** How an exchange ended. `replaced`: the GitHub token it was made with is not the one in use any more. */
export type ExchangeOutcome =
  | { readonly kind: "renewed"; readonly session: SessionToken }
  | { readonly kind: "failed"; readonly error: CopilotError }
  | { readonly kind: "replaced" };

export interface SessionKeeper extends SessionSource {
  /**
   * From now on a GitHub token is exchanged as soon as it comes into use, without waiting for somebody to ask. Resolves
   * when the first token has been looked for.
   */
  start(): Promise<void>;
  /** Exchanges whatever is remembered, unless a session has just come or is on its way. Never rejects. */
  probe(): Promise<ExchangeOutcome>;
  /** Puts a session in hand that was got elsewhere with the GitHub token in use. */
  take(session: SessionToken, asked: Timestamp): void;
  /** The session in hand with its times, if it is still good. */
  held(): { readonly session: SessionToken; readonly expiresInMs: number; readonly refreshInMs: number } | undefined;
  /** What the last exchange failed with, while there is no good session. */
  failure(): CopilotError | undefined;
  /** Called when an exchange has failed. */
  onFailed(listener: (error: CopilotError) => void): () => void;
  /** Ends the exchange under way, with `closing`, and all timers. */
  close(): Promise<void>;
}

interface Exchange {
  readonly outcome: Promise<ExchangeOutcome>;
  readonly abort: (reason: CopilotError) => void;
}

/** A timer of Node stands still while the machine sleeps; in steps this short, waking up is soon noticed. */
const longestStepMs = 30_000;

const closing = (): CopilotError => new CopilotError("closing", "The program is shutting down.");

export function createSessionKeeper(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly github: GitHubApi;
  readonly credentials: CredentialHolder;
}): SessionKeeper {
  const { clock, log, github, credentials } = deps;
  const retry = createRetryPolicy(deps);
  const renewed = createEmitter<SessionToken>(log);
  const failed = createEmitter<CopilotError>(log);

  let held: HeldSession | undefined;
  let heldFor: Credential | undefined;
  let underWay: Exchange | undefined;
  let timer: Timer | undefined;
  let exchanges = 0;
  let eager = false;
  let closed = false;

  const good = (): HeldSession | undefined => {
    if (!held || !heldFor || expiresInMs(clock, held) <= 0) return undefined;
    return credentials.holds(heldFor) ? held : undefined;
  };

  const dueInMs = (): number | undefined => {
    // Only a session that was had or wanted is worth a question that nobody asked.
    if (!held && !retry.failure()) return undefined;
    return Math.max(held ? refreshInMs(clock, held) : 0, retry.pauseLeftMs());
  };

  const schedule = (): void => {
    timer?.cancel();
    timer = undefined;
    if (closed || underWay || !credentials.current()) return;
    const due = dueInMs();
    if (due === undefined) return;
    timer = clock.after(Math.min(Math.max(0, due), longestStepMs), onTimer);
  };

  /** Whether an exchange was due and has begun. */
  const renewIfDue = (): boolean => {
    if (closed || underWay || !credentials.current()) return false;
    const due = dueInMs();
    if (due === undefined || due > 0) return false;
    void exchange();
    return true;
  };

  const onTimer = (): void => {
    if (!renewIfDue()) schedule();
  };

  const receive = (session: SessionToken, credential: Credential, asked: Timestamp): void => {
    held = { session, asked, received: now(clock) };
    heldFor = credential;
    retry.clear();
    credentials.accept(credential);
    renewed.emit(session);
    schedule();
  };

  const fail = (error: CopilotError, credential: Credential): void => {
    if (error.code === "signed-out" || error.code === "not-authorized") {
      // A verdict on the account: nothing is gained by asking again, and the session goes with it.
      held = undefined;
      retry.clear();
      credentials.refuse(credential, error);
    } else {
      const { inARow, pauseMs } = retry.failed(error);
      const level = good() ? "info" : "warn";
      log[level]("no new session", {
        code: error.code,
        error: redact(error.message),
        failures: inARow,
        againInMs: Math.round(pauseMs),
      });
    }
    failed.emit(error);
    schedule();
  };

  const exchange = (): Promise<ExchangeOutcome> => {
    const credential = credentials.current();
    if (!credential) return Promise.resolve({ kind: "replaced" });
    timer?.cancel();
    timer = undefined;
    exchanges += 1;
    const controller = new AbortController();
    const ctx: Ctx = { signal: controller.signal, log, id: `session-${exchanges}` };
    const asked = now(clock);
    const ask = async (): Promise<SessionToken> => github.exchangeSession(ctx, credential.token);
    const run = async (): Promise<ExchangeOutcome> => {
      try {
        const session = await untilAborted(ctx.signal, ask());
        ctx.signal.throwIfAborted();
        underWay = undefined;
        if (!credentials.holds(credential)) return { kind: "replaced" };
        receive(session, credential, asked);
        return { kind: "renewed", session };
      } catch (cause) {
        // Whoever aborted has seen to `underWay` already, and another one may be in its place.
        if (ctx.signal.aborted) return closed ? { kind: "failed", error: closing() } : { kind: "replaced" };
        underWay = undefined;
        if (!credentials.holds(credential)) return { kind: "replaced" };
        const error =
          cause instanceof CopilotError
            ? cause
            : new CopilotError("internal", "The session could not be asked for.", { cause });
        fail(error, credential);
        return { kind: "failed", error };
      }
    };
    const outcome = run();
    underWay = { outcome, abort: (reason) => controller.abort(reason) };
    return outcome;
  };

  const drop = (reason: CopilotError): void => {
    const ending = underWay;
    underWay = undefined;
    held = undefined;
    heldFor = undefined;
    retry.clear();
    timer?.cancel();
    timer = undefined;
    ending?.abort(reason);
  };

  const exchangeIfNone = (): void => {
    if (!closed && !underWay && !good() && !retry.tooSoon()) void exchange();
  };

  const stopFollowing = credentials.onReplaced((credential) => {
    drop(new CopilotError("cancelled", "Another GitHub token is in use now."));
    // Not at once: whoever put the token in use may hand over the session that comes with it.
    if (credential && eager) setImmediate(exchangeIfNone);
  });

  const waitForGood = async (ctx: Ctx): Promise<SessionToken> => {
    for (;;) {
      ctx.signal.throwIfAborted();
      if (closed) throw closing();
      const session = good()?.session;
      if (session) return session;
      await untilAborted(ctx.signal, credentials.usable());
      if (closed) throw closing();
      if (!underWay) {
        // Somebody else may have got one meanwhile.
        const fresh = good()?.session;
        if (fresh) return fresh;
        const refusal = retry.tooSoon();
        if (refusal) throw refusal;
        retry.asking();
      }
      const outcome = await untilAborted(ctx.signal, underWay?.outcome ?? exchange());
      if (outcome.kind === "renewed") return outcome.session;
      // What GitHub said of the account has been put into words that name the token's source.
      if (outcome.kind === "failed") {
        if (outcome.error.code === "signed-out" || outcome.error.code === "not-authorized") await credentials.usable();
        throw outcome.error;
      }
    }
  };

  return {
    async start() {
      eager = true;
      if (credentials.current()) exchangeIfNone();
      else await credentials.look();
    },
    async get(ctx) {
      const session = ctx.signal.aborted || closed ? undefined : good()?.session;
      if (!session) return waitForGood(ctx);
      renewIfDue();
      return session;
    },
    peek: () => good()?.session,
    reject(session) {
      if (!held?.session.token.equals(session.token)) return;
      held = undefined;
      heldFor = undefined;
      retry.refused();
      schedule();
    },
    onRenewed: (listener) => renewed.on(listener),
    async probe() {
      if (closed) return { kind: "failed", error: closing() };
      if (underWay) return underWay.outcome;
      const fresh = good();
      if (fresh && elapsedMs(clock, fresh.received) < shortestRefreshMs) {
        return { kind: "renewed", session: fresh.session };
      }
      return exchange();
    },
    take(session, asked) {
      const credential = credentials.current();
      if (!credential) return;
      drop(new CopilotError("cancelled", "A session came from elsewhere."));
      receive(session, credential, asked);
    },
    held() {
      const current = good();
      if (!current) return undefined;
      return {
        session: current.session,
        expiresInMs: expiresInMs(clock, current),
        refreshInMs: refreshInMs(clock, current),
      };
    },
    failure: () => (good() ? undefined : retry.failure()),
    onFailed: (listener) => failed.on(listener),
    async close() {
      if (closed) return;
      closed = true;
      stopFollowing();
      const ending = underWay?.outcome;
      drop(closing());
      await ending;
    },
  };
}
