// The account as a person acts on it through any front: sign in, sign out, ask whether it works. Knows nothing of tokens
// or of where they are kept.

import type { Ctx } from "./context.ts";
import type { AccountState, SignInStart, TokenPlace } from "./status.ts";

/** Environment variable with the key of the service that is used in Copilot's place. */
export const serviceKeyVariable = "COPILOT_LSP_SERVICE_KEY";

export interface Account {
  state(): AccountState;
  /**
   * Starts a device flow, or joins the one that is under way, or says who is signed in already with a token that GitHub
   * still takes; `force` starts it in that case too. Polling goes on by itself after it answers; `finishSignIn` waits
   * for it. Throws `offline`, `tls`, `timeout`, `intercepted`, `sign-in-failed` (also when a sign-in could not be
   * stored). `ctx` cancels only the asking for a code.
   */
  signIn(ctx: Ctx, options?: { readonly force: boolean }): Promise<SignInStart>;
  /**
   * Waits until the device flow that is under way has ended and answers who signed in; a flow that ended before the
   * call still answers, until the next `signIn` or `signOut`. Throws `sign-in-denied`, `sign-in-expired`,
   * `sign-in-failed`, `not-authorized`; `cancelled` after `cancelSignIn`; `bad-request` when there was no flow. `ctx`
   * cancels the waiting only.
   */
  finishSignIn(ctx: Ctx): Promise<{ readonly user: string }>;
  /** Ends the device flow that is under way, if any; `finishSignIn` then throws `cancelled`. */
  cancelSignIn(): void;
  /**
   * Forgets the stored token and the session, here and for every process that shares the store. A token in the
   * environment cannot be forgotten: this process stops using it, the next one to start would use it again.
   */
  signOut(ctx: Ctx): Promise<SignOutOutcome>;
  /**
   * Asks GitHub whether the token still works, unless `localOnly`. Never throws for an account that does not work;
   * throws the codes of the network and of the service when GitHub did not say, and `state` tells what is known.
   */
  check(ctx: Ctx, options: { readonly localOnly: boolean }): Promise<AccountState>;
}

export interface SignOutOutcome {
  readonly leftInEnvironment: boolean;
  /** Where the account's token was; absent: no sign-in was stored, or another program keeps it. */
  readonly stored?: TokenPlace["kind"] | undefined;
}
