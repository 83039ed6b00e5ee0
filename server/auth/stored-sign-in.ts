// How one sign-in looks in the store. Kept under the server it belongs to, so that a token is never sent to another one
// because a setting changed.

import { Secret } from "../runtime/secret.ts";

export interface StoredSignIn {
  readonly token: Secret;
  readonly user: string | undefined;
}

/** `github.com`, `name.ghe.com:8443`; with the scheme when it is not https, because that is another server. */
export function storeKey(serverUrl: string): string {
  const url = new URL(serverUrl);
  return url.protocol === "https:" ? url.host : `${url.protocol}//${url.host}`;
}

export function formatSignIn(
  key: string,
  signIn: { readonly token: Secret; readonly user?: string | undefined },
): string {
  return JSON.stringify({ host: key, user: signIn.user, token: signIn.token.reveal() });
}

/** Undefined for anything that `formatSignIn` did not write for this key. */
export function parseSignIn(key: string, text: string): StoredSignIn | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (!("host" in value) || value.host !== key) return undefined;
  if (!("token" in value) || typeof value.token !== "string" || value.token === "") return undefined;
  const user = "user" in value && typeof value.user === "string" ? value.user : undefined;
  return { token: new Secret(value.token), user };
}
