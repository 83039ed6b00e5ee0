// Who the GitHub token belongs to and what the plan leaves. Nice to know and never needed: a failure is only logged.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import type { Quota } from "../../shared/status.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { CopilotUser, GitHubApi, ToldQuotas } from "../upstream/types.ts";
import type { CredentialHolder } from "./credential.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";
import type { Credential } from "./token-sources.ts";

export interface Profile {
  /** What is known of the owner of the token in use. */
  current(): CopilotUser | undefined;
  /** What is left of the owner's plan, by the newest of what GitHub and the service told. */
  quotas(): ToldQuotas;
  /** Allowances that answers to this program's requests have named: it uses them up. */
  used(): ReadonlySet<string>;
  /** An answer to a request of the owner of the token in use said what is left. */
  learn(told: ToldQuotas): void;
  /** Called when any of it may be another. */
  onChange(listener: () => void): () => void;
  /** Asks, unless that was done for this token within five minutes; joins a question under way. Never rejects. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const nothingTold: ToldQuotas = { quotas: {}, limits: {} };

// A service that names a new one in every answer must not fill memory.
const maxNames = 40;
const freshMs = 5 * 60_000;

export function createProfile(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly github: GitHubApi;
  readonly credentials: CredentialHolder;
}): Profile {
  const { clock, log, github, credentials } = deps;
  const changed = createEmitter<void>(log);
  let known: { readonly user: CopilotUser | undefined; readonly of: Credential; readonly at: Timestamp } | undefined;
  let underWay: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  let told = nothingTold;
  let used: ReadonlySet<string> = new Set();
  let questions = 0;
  let closed = false;

  const ask = async (ctx: Ctx, credential: Credential): Promise<void> => {
    let user: CopilotUser | undefined;
    const before = told;
    try {
      user = await untilAborted(ctx.signal, github.fetchCopilotUser(ctx, credential.token));
      credentials.name(credential, user.login);
    } catch (error) {
      if (ctx.signal.aborted) return;
      log.debug("the plan's allowances are not known", { code: errorCodeOf(error) });
      // An own server may lack that page, but it knows its users.
      if (credential.user === undefined && credentials.holds(credential)) {
        const login = await untilAborted(ctx.signal, github.fetchLogin(ctx, credential.token)).catch(() => undefined);
        if (login !== undefined) credentials.name(credential, login);
      }
    }
    if (ctx.signal.aborted || !credentials.holds(credential)) return;
    known = { user, of: credential, at: now(clock) };
    if (user) {
      // Newer than what answers said before the question; what they have said since, and what only they name, stays.
      const { quotas } = user;
      const kept = Object.entries(told.quotas).filter(
        ([name, quota]) => used.has(name) && (quota !== before.quotas[name] || !Object.hasOwn(quotas, name)),
      );
      told = { ...told, quotas: { ...quotas, ...Object.fromEntries(kept) } };
    }
    changed.emit();
  };

  const stopFollowing = credentials.onReplaced(() => {
    known = undefined;
    told = nothingTold;
    used = new Set();
    underWay?.abort.abort(new CopilotError("cancelled", "Another GitHub token is in use now."));
    underWay = undefined;
  });

  return {
    current: () => (known && credentials.holds(known.of) ? known.user : undefined),
    quotas() {
      const limits = Object.entries(told.limits).filter(([, { resetsAt }]) => !isPast(resetsAt, clock.nowMs()));
      return { quotas: told.quotas, limits: Object.fromEntries(limits) };
    },
    used: () => used,
    learn(news) {
      told = { quotas: merged(told.quotas, news.quotas), limits: merged(told.limits, news.limits) };
      used = new Set([...used, ...Object.keys(news.quotas)].slice(0, maxNames));
      changed.emit();
    },
    onChange: (listener) => changed.on(listener),
    refresh() {
      const credential = credentials.current();
      if (closed || !credential) return Promise.resolve();
      if (underWay) return underWay.done;
      if (known?.user && elapsedMs(clock, known.at) < freshMs) return Promise.resolve();
      questions += 1;
      const abort = new AbortController();
      const done = ask({ signal: abort.signal, log, id: `profile-${questions}` }, credential).finally(() => {
        if (underWay?.abort === abort) underWay = undefined;
      });
      underWay = { done, abort };
      return done;
    },
    async close() {
      closed = true;
      stopFollowing();
      const ending = underWay;
      ending?.abort.abort(new CopilotError("closing", "The program is shutting down."));
      await ending?.done;
    },
  };
}

/** Answers do not say everything that GitHub says of an allowance. */
function merged(
  known: Readonly<Record<string, Quota>>,
  news: Readonly<Record<string, Quota>>,
): Readonly<Record<string, Quota>> {
  const all = new Map(Object.entries(known));
  for (const [name, quota] of Object.entries(news)) {
    const { unlimited = false, inCredits, resetsAt, ...others } = all.get(name) ?? {};
    all.set(name, {
      ...(unlimited && quota.unlimited && others),
      ...(inCredits && { inCredits }),
      ...(!quota.unlimited && resetsAt !== undefined && { resetsAt }),
      ...quota,
    });
  }
  return Object.fromEntries([...all].slice(0, maxNames));
}

/** A limit that was lifted says nothing of the one that holds now. */
function isPast(time: string | undefined, nowMs: number): boolean {
  return time !== undefined && Date.parse(time) <= nowMs;
}
