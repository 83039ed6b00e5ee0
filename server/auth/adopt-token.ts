// Makes a sign-in of a GitHub token that a person has just brought: asks whose it is, stores it, gets a session with it.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import { sleep, untilAborted } from "../runtime/cancel.ts";
import type { Secret } from "../runtime/secret.ts";
import type { GitHubApi } from "../upstream/types.ts";
import { backoffMs } from "./backoff.ts";
import type { CredentialHolder } from "./credential.ts";
import type { Profile } from "./profile.ts";
import type { SessionKeeper } from "./session.ts";
import type { SignedIn } from "./sign-in.ts";

const attempts = 3;

interface AdoptDeps {
  readonly clock: Clock;
  readonly random: () => number;
  readonly github: GitHubApi;
  readonly credentials: CredentialHolder;
  readonly sessions: SessionKeeper;
  readonly profile: Profile;
}

/** The login; undefined when GitHub cannot be asked: a token that was hard to get is not thrown away for a name. */
async function askWhose(ctx: Ctx, deps: AdoptDeps, token: Secret): Promise<string | undefined> {
  const { clock, random, github } = deps;
  const server = github.serverUrl();
  for (let failures = 1; failures <= attempts && github.serverUrl() === server; failures += 1) {
    try {
      return await untilAborted(ctx.signal, github.fetchLogin(ctx, token));
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      if (errorCodeOf(error) === "signed-out") {
        throw new CopilotError("sign-in-failed", "GitHub does not accept the token that it has just given.", {
          advice: "Start the sign-in again.",
          cause: error,
        });
      }
      const retryAfterMs = error instanceof CopilotError ? error.retryAfterMs : undefined;
      ctx.log.info("the user's name could not be asked for", { code: errorCodeOf(error), failures });
      if (failures < attempts) await sleep(ctx, clock, backoffMs(failures, retryAfterMs, random));
    }
  }
  return undefined;
}

/** Throws `sign-in-failed`, `not-authorized`, `cancelled` when a sign-out came in between, and the signal's reason. */
export async function adoptToken(ctx: Ctx, deps: AdoptDeps, token: Secret, commit: () => void): Promise<SignedIn> {
  const { github, credentials, sessions, profile } = deps;
  const server = github.serverUrl();
  const user = await askWhose(ctx, deps, token);
  if (github.serverUrl() !== server) {
    throw new CopilotError("cancelled", `The sign-in to ${server} ended, because another server is configured now.`);
  }
  commit();
  const credential = await credentials.save(token, user);
  const outcome = await untilAborted(ctx.signal, sessions.probe());
  if (!credentials.holds(credential)) {
    throw new CopilotError("cancelled", "The sign-in ended, because another one took its place.");
  }
  const obstacle = credentials.obstacle();
  if (obstacle) throw obstacle;
  if (user === undefined && outcome.kind === "renewed") await untilAborted(ctx.signal, profile.refresh());
  return { user: credentials.current()?.user ?? "a user whom GitHub has not named" };
}
