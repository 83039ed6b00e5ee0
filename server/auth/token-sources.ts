// Where a GitHub token can come from, in order: two environment variables, then the store. Knows nothing of whether the
// token works.

import { CopilotError, describeError } from "../../shared/errors.ts";
import type { TokenPlace, TokenSource } from "../../shared/status.ts";
import { Secret } from "../runtime/secret.ts";
import { couldBeToken, signInKey, storeKey } from "./stored-sign-in.ts";
import type { TokenStorage } from "./token-storage.ts";

/** A GitHub token, and the only server that may see it. */
export interface Credential {
  readonly token: Secret;
  readonly source: TokenSource;
  readonly server: string;
  readonly user: string | undefined;
  /** Of a stored token. */
  readonly place: TokenPlace | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type Search =
  | { readonly kind: "found"; readonly credential: Credential }
  /** There is a token, but it cannot be one or cannot be read. */
  | { readonly kind: "unusable"; readonly error: CopilotError }
  | { readonly kind: "none" };

/** In the order in which they are asked. */
const variables = ["GH_COPILOT_TOKEN", "GITHUB_COPILOT_TOKEN"] as const;

/** The variable that holds something other than blanks and so comes before the store. */
export function tokenVariable(environment: Environment): (typeof variables)[number] | undefined {
  return variables.find((name) => (environment[name] ?? "").trim() !== "");
}

export async function findToken(
  deps: {
    readonly environment: Environment;
    readonly storage: TokenStorage;
    readonly storeSource: "store" | "demo";
    /** Name of the account that is bound to the folder; undefined: the one without a name. */
    readonly account: string | undefined;
  },
  serverUrl: string,
  options: { readonly ignoreEnvironment: boolean; readonly retryKeychain: boolean },
): Promise<Search> {
  const { environment, storage, storeSource } = deps;
  if (!URL.canParse(serverUrl)) {
    return {
      kind: "unusable",
      error: new CopilotError("bad-request", `The GitHub server "${serverUrl}" is not a URL.`, {
        advice: "Set github.uri to one, such as https://github.com.",
      }),
    };
  }
  const server = storeKey(serverUrl);
  const key = signInKey(serverUrl, deps.account);
  const variable = options.ignoreEnvironment ? undefined : tokenVariable(environment);
  if (variable !== undefined) {
    const text = (environment[variable] ?? "").trim();
    if (couldBeToken(text)) {
      return {
        kind: "found",
        credential: { token: new Secret(text), source: variable, server, user: undefined, place: undefined },
      };
    }
    return {
      kind: "unusable",
      error: new CopilotError("signed-out", `${variable} is set, but not to a GitHub token.`, {
        advice: "Set it to one, or unset it to use the stored sign-in.",
      }),
    };
  }
  try {
    const found = await storage.find(key, { retry: options.retryKeychain });
    if (!found) return { kind: "none" };
    const { token, user, place } = found;
    const source = storeSource;
    return {
      kind: "found",
      credential: { token, source, server, user, place: source === "store" ? place : undefined },
    };
  } catch (error) {
    if (error instanceof CopilotError) return { kind: "unusable", error };
    const words = `The sign-in in ${storage.pathOf(key)} cannot be read: ${describeError(error)}`;
    return { kind: "unusable", error: new CopilotError("signed-out", words) };
  }
}
