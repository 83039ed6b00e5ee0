// Who is signed in and by which token, in a person's words.

import type { AccountBinding, AccountState, TokenPlace, TokenSource } from "../../../shared/status.ts";
import type { CliEnv } from "../env.ts";
import { plain } from "./output.ts";

/** A token, whatever GitHub said of it. `place`: of a stored one. */
export interface HeldToken {
  readonly source: TokenSource;
  readonly place?: TokenPlace;
  readonly user?: string;
}

/** The token in use; undefined where there is none or none is needed. */
export function tokenOf(account: AccountState): HeldToken | undefined {
  return "source" in account && account.source !== undefined ? { ...account, source: account.source } : undefined;
}

/** As the end of `Token from …`. `binding`: as of the report. */
export function tokenSourceInWords(
  env: CliEnv,
  { source, place }: Omit<HeldToken, "user">,
  binding: AccountBinding | undefined,
): string {
  switch (source) {
    case "GH_COPILOT_TOKEN":
    case "GITHUB_COPILOT_TOKEN":
      return `the environment variable ${source}`;
    case "store":
      return place?.kind === "keychain" ? `the keychain (${plain(place.name)})` : env.tokenFile(binding?.account);
    case "official":
      return "the sign-in of GitHub's own language server";
    case "demo":
      return "the built-in stand-in for GitHub";
  }
}

export type NotNeeded = Extract<AccountState, { readonly kind: "not-needed" }>;

export function notNeededInWords({ name, inPlaceOf }: NotNeeded): string {
  switch (inPlaceOf) {
    case undefined:
      return `none is needed: ${name}`;
    case "signed-out":
      return `signed out; ${name} answers meanwhile`;
    case "not-authorized":
      return `signed in, without Copilot; ${name} answers meanwhile`;
  }
}

/** Why a token that was to go into a keychain is in a file; undefined where that is not so. */
export function missedKeychainInWords(place: TokenPlace | undefined): string | undefined {
  if (place?.kind !== "file" || place.keychainMissed === undefined) return undefined;
  return `in a file that only you can read, because no keychain took it at the sign-in: ${plain(place.keychainMissed)}`;
}

/** `, as account work (~/acme=work in auth.account)`; empty for the account without a name. */
export function bindingInWords(binding: AccountBinding | undefined): string {
  if (!binding) return "";
  const { account, rule } = binding;
  return `, as account ${plain(account)}${rule === undefined ? "" : ` (${plain(rule)} in auth.account)`}`;
}

/** The variables that hold a token now; an empty one counts as unset. */
export function tokenVariables(env: CliEnv): readonly string[] {
  return ["GH_COPILOT_TOKEN", "GITHUB_COPILOT_TOKEN"].filter((name) => Boolean(env.environment[name]));
}
