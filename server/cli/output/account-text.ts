// Who is signed in and by which token, in a person's words.

import type { TokenSource } from "../../../shared/status.ts";
import type { CliEnv } from "../env.ts";

/** As the end of `Token from …`. */
export function tokenSourceInWords(env: CliEnv, source: TokenSource): string {
  switch (source) {
    case "GH_COPILOT_TOKEN":
    case "GITHUB_COPILOT_TOKEN":
      return `the environment variable ${source}`;
    case "store":
      return env.tokenFile;
    case "demo":
      return "the built-in stand-in for GitHub";
  }
}

/** The variables that hold a token now; an empty one counts as unset. */
export function tokenVariables(env: CliEnv): readonly string[] {
  return ["GH_COPILOT_TOKEN", "GITHUB_COPILOT_TOKEN"].filter((name) => Boolean(env.environment[name]));
}
