// How one sign-in looks in the store. Kept under the server it belongs to, so that a token is never sent to another one
// because a setting changed.

import { objectOf, parseJson } from "../runtime/json.ts";
import { Secret } from "../runtime/secret.ts";

export type StoredSignIn = {
  readonly user: string | undefined;
} & (
  | {
      readonly kind: "file";
      readonly token: Secret;
      /** Why the keychain was not used, where it was to be. */
      readonly keychainMissed: string | undefined;
    }
  /** The token is in the keychain. `version` is another one with each token that is put there. */
  | { readonly kind: "keychain"; readonly version: string }
);

/** `github.com`, `name.ghe.com:8443`; with the scheme when it is not https, because that is another server. */
export function storeKey(serverUrl: string): string {
  const url = new URL(serverUrl);
  return url.protocol === "https:" ? url.host : `${url.protocol}//${url.host}`;
}

/** Under what a sign-in is stored: `github.com`, `work@github.com`. */
export function signInKey(serverUrl: string, account: string | undefined): string {
  return account === undefined ? storeKey(serverUrl) : `${account}@${storeKey(serverUrl)}`;
}

const servicePrefix = "service ";

/** Under what the key of a service is stored, which no other service is to get. */
export const serviceKeyName = (origin: string): string => `${servicePrefix}${origin}`;

/** Whether what is stored under `key` is a sign-in to GitHub. */
export const isSignIn = (key: string): boolean => !key.startsWith(servicePrefix);

export function formatSignIn(
  key: string,
  signIn: { readonly token: Secret; readonly user?: string | undefined; readonly keychainMissed?: string | undefined },
): string {
  const { user, token, keychainMissed } = signIn;
  return JSON.stringify({ host: key, user, token: token.reveal(), keychainMissed });
}

export function formatKeychainSignIn(key: string, user: string | undefined, version: string): string {
  return JSON.stringify({ host: key, user, storage: "keychain", version });
}

/** Whether a text could be a token: what fits into a header. A whole file that was pasted by mistake is sent nowhere. */
export function couldBeToken(text: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(text);
}

/** Undefined for anything that was not written for this key. */
export function parseSignIn(key: string, text: string): StoredSignIn | undefined {
  const value = objectOf(parseJson(text));
  if (value["host"] !== key) return undefined;
  const textOf = (name: string): string | undefined => {
    const found = value[name];
    return typeof found === "string" && found !== "" ? found : undefined;
  };
  const user = textOf("user");
  if (textOf("storage") === "keychain") return { kind: "keychain", user, version: textOf("version") ?? "" };
  const token = textOf("token");
  if (token === undefined) return undefined;
  return { kind: "file", user, token: new Secret(token), keychainMissed: textOf("keychainMissed") };
}
