// The account as a person acts on it: sign in, sign out, ask. Puts the device flow, the token and the session together;
// knows nothing of who asks.

import type { Account } from "../../shared/account.ts";
import type { Ctx } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import type { SignInStart } from "../../shared/status.ts";
import { untilAborted } from "../runtime/cancel.ts";
import type { CredentialHolder } from "./credential.ts";
import type { Profile } from "./profile.ts";
import type { SessionKeeper } from "./session.ts";
import type { SignIn } from "./sign-in.ts";

type AlreadySignedIn = Extract<SignInStart, { kind: "already-signed-in" }>;

export function createAccount(deps: {
  readonly credentials: CredentialHolder;
  readonly sessions: SessionKeeper;
  readonly profile: Profile;
  readonly signIn: SignIn;
}): Account {
  const { credentials, sessions, profile, signIn } = deps;

  /**
   * Who is signed in with a token that nothing speaks against. Without network a stored one counts as good, because
   * GitHub gave it to this program; one of the environment may be anything, and is not called a sign-in unverified.
   */
  const signedIn = async (ctx: Ctx): Promise<AlreadySignedIn | undefined> => {
    if (!credentials.current()) await untilAborted(ctx.signal, credentials.look({ retryKeychain: true }));
    const credential = credentials.current();
    if (!credential || credentials.obstacle()) return undefined;
    // The token may have been revoked since it was stored, or nobody has tried it yet.
    const outcome = await untilAborted(ctx.signal, sessions.probe());
    if (credentials.obstacle()) return undefined;
    const kind = "already-signed-in";
    if (outcome.kind === "failed") {
      const { code, message, advice, retryAfterMs, httpStatus, url } = outcome.error;
      if (credential.user !== undefined) {
        return { kind, user: credential.user, unverified: { code, message: describeError(outcome.error) } };
      }
      const words = `The token in ${credential.source} could not be verified: ${message}`;
      throw new CopilotError(code, words, { advice, retryAfterMs, httpStatus, url, cause: outcome.error });
    }
    if (credential.user !== undefined) return { kind, user: credential.user };
    await untilAborted(ctx.signal, profile.refresh());
    const state = credentials.state();
    if (state.kind !== "signed-in") return undefined;
    return { kind, user: state.user ?? `the owner of the token in ${state.source}` };
  };

  return {
    state: () => credentials.state(),
    async signIn(ctx, { force } = { force: false }) {
      ctx.signal.throwIfAborted();
      const already = force ? undefined : await signedIn(ctx);
      if (already) return already;
      // Before a person has entered a code for nothing.
      await untilAborted(ctx.signal, credentials.assertStorable());
      return signIn.start(ctx);
    },
    finishSignIn: (ctx) => signIn.finish(ctx),
    cancelSignIn() {
      signIn.cancel(new CopilotError("cancelled", "The sign-in was cancelled."), { forget: false });
    },
    async signOut(ctx) {
      ctx.signal.throwIfAborted();
      signIn.cancel(new CopilotError("cancelled", "The sign-in ended with a sign-out."), { forget: true });
      return credentials.forget();
    },
    async check(ctx, { localOnly }) {
      ctx.signal.throwIfAborted();
      await untilAborted(ctx.signal, credentials.look({ retryKeychain: !localOnly }));
      if (localOnly || !credentials.current()) return credentials.state();
      const outcome = await untilAborted(ctx.signal, sessions.probe());
      // Whoever checks wants to know what the plan leaves, too; asked at most once in a few minutes.
      if (outcome.kind === "renewed") await untilAborted(ctx.signal, profile.refresh());
      if (outcome.kind === "failed" && !credentials.obstacle()) throw outcome.error;
      return credentials.state();
    },
  };
}
