// Who the GitHub token belongs to and what the plan leaves. Nice to know and never needed: a failure is only logged.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import { untilAborted } from "../runtime/cancel.ts";
import type { CopilotUser, GitHubApi } from "../upstream/types.ts";
import type { CredentialHolder } from "./credential.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";
import type { Credential } from "./token-sources.ts";

export interface Profile {
  /** What is known of the owner of the token in use. */
  current(): CopilotUser | undefined;
  /** Asks, unless that was done for this token within five minutes; joins a question under way. Never rejects. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const freshMs = 5 * 60_000;

export function createProfile(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly github: GitHubApi;
  readonly credentials: CredentialHolder;
}): Profile {
  const { clock, log, github, credentials } = deps;
  let known: { readonly user: CopilotUser | undefined; readonly of: Credential; readonly at: Timestamp } | undefined;
  let underWay: { readonly done: Promise<void>; readonly abort: AbortController } | undefined;
  let questions = 0;
  let closed = false;

  const ask = async (ctx: Ctx, credential: Credential): Promise<void> => {
    let user: CopilotUser | undefined;
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
    if (!ctx.signal.aborted && credentials.holds(credential)) known = { user, of: credential, at: now(clock) };
  };

  const stopFollowing = credentials.onReplaced(() => {
    known = undefined;
    underWay?.abort.abort(new CopilotError("cancelled", "Another GitHub token is in use now."));
    underWay = undefined;
  });

  return {
    current: () => (known && credentials.holds(known.of) ? known.user : undefined),
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
