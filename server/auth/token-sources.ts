// Where a GitHub token can come from, in order: two environment variables, then the store. Knows nothing of whether the
// token works.

import { CopilotError, describeError } from "../../shared/errors.ts";
import type { TokenSource } from "../../shared/status.ts";
import { Secret } from "../runtime/secret.ts";
import { parseSignIn, storeKey } from "./stored-sign-in.ts";
import type { SecretStore } from "./types.ts";

/** A GitHub token, and the only server that may see it. */
export interface Credential {
  readonly token: Secret;
  readonly source: TokenSource;
  readonly server: string;
  readonly user: string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export type Search =
  | { readonly kind: "found"; readonly credential: Credential }
  /** There is a token, but it cannot be one or cannot be read. */
  | { readonly kind: "unusable"; readonly error: CopilotError }
  | { readonly kind: "none" };

/** In the order in which they are asked. */
const variables = ["GH_COPILOT_TOKEN", "GITHUB_COPILOT_TOKEN"] as const;
// What fits into a header; also keeps a whole file that was pasted by mistake from being sent anywhere.
const tokenPattern = /^[\x21-\x7e]{1,4096}$/;

/** The variable that holds something other than blanks and so comes before the store. */
export function tokenVariable(environment: Environment): (typeof variables)[number] | undefined {
  return variables.find((name) => (environment[name] ?? "").trim() !== "");
}

export async function findToken(
  deps: {
    readonly environment: Environment;
    readonly store: SecretStore;
    readonly storeSource: "store" | "demo";
  },
  serverUrl: string,
  options: { readonly ignoreEnvironment: boolean },
): Promise<Search> {
  const { environment, store, storeSource } = deps;
  if (!URL.canParse(serverUrl)) {
    return {
      kind: "unusable",
      error: new CopilotError("bad-request", `The GitHub server "${serverUrl}" is not a URL.`, {
        advice: "Set github.uri to one, such as https://github.com.",
      }),
    };
  }
  const server = storeKey(serverUrl);
  const variable = options.ignoreEnvironment ? undefined : tokenVariable(environment);
  if (variable !== undefined) {
    const text = (environment[variable] ?? "").trim();
    if (tokenPattern.test(text)) {
      return {
        kind: "found",
        credential: { token: new Secret(text), source: variable, server, user: undefined },
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
    const text = await store.read(server);
    if (text === undefined) return { kind: "none" };
    const stored = parseSignIn(server, text);
    if (!stored) {
      return {
        kind: "unusable",
        error: new CopilotError("signed-out", `${store.pathOf(server)} holds no sign-in to ${server}.`, {
          advice: "Sign in again; that replaces it.",
        }),
      };
    }
    return {
      kind: "found",
      credential: { token: stored.token, source: storeSource, server, user: stored.user },
    };
  } catch (error) {
    if (error instanceof CopilotError) return { kind: "unusable", error };
    return {
      kind: "unusable",
      error: new CopilotError(
        "signed-out",
        `The sign-in in ${store.pathOf(server)} cannot be read: ${describeError(error)}`,
      ),
    };
  }
}
