// The command that a person can paste to ask the HTTP front themselves.

import { settingValue } from "../settings.ts";
import type { CliEnv } from "../env.ts";

export const curlQuestion = { prompt: "def fibonacci(n):\n    ", language: "python" } as const;

/** Whether the listener answers only who sends its bearer token. */
export function wantsToken(env: CliEnv): boolean {
  return settingValue(env, "http.access") === "token";
}

/** For a POSIX shell. JSON writes its line ends as `\n`, and no part of the question holds a single quote. */
export function curlLine(env: CliEnv, url: string): string {
  const header = wantsToken(env) ? ` -H "Authorization: Bearer $(cat "$(copilot-lsp config --token-path)")"` : "";
  return `curl -s${header} ${url}/ -d '${JSON.stringify(curlQuestion)}'`;
}
