// The account of a service that needs none: there is nothing to sign in to, and plugins are told so by a name.

import type { Account } from "../../../shared/account.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { AccountState } from "../../../shared/status.ts";

export function createNoAccount(name: string, forgetKey: Account["signOut"]): Account {
  const state: AccountState = { kind: "not-needed", name };
  return {
    state: () => state,
    signIn: () => Promise.resolve({ kind: "already-signed-in", user: name }),
    finishSignIn: () => Promise.reject(new CopilotError("bad-request", `${name} needs no sign-in.`)),
    cancelSignIn: () => undefined,
    signOut: forgetKey,
    check: () => Promise.resolve(state),
  };
}

/** The account of a service in whose place another one answers: that nobody is signed in keeps nobody from completions. */
export function withoutNeed(account: Account, fallbackName: string): Account {
  const seen = (state: AccountState): AccountState =>
    state.kind === "signed-out" || state.kind === "not-authorized"
      ? { kind: "not-needed", name: fallbackName, inPlaceOf: state.kind }
      : state;
  return {
    ...account,
    state: () => seen(account.state()),
    check: async (ctx: Ctx, options) => seen(await account.check(ctx, options)),
  };
}
