// Whose OAuth client id sign-ins use, in a person's words.

import { copilotPluginClientId } from "../../../shared/upstream.ts";
import { settingValue } from "../settings.ts";
import type { CliEnv } from "../env.ts";
import { plain } from "./output.ts";

export interface SignInClient {
  readonly id: string;
  readonly isGitHubs: boolean;
}

export function signInClient(env: CliEnv): SignInClient {
  const value = settingValue(env, "auth.clientId");
  const id = typeof value === "string" ? value : copilotPluginClientId;
  return { id, isGitHubs: id === copilotPluginClientId };
}

export function clientInWords({ id, isGitHubs }: SignInClient): string {
  return isGitHubs
    ? "the client id of GitHub's own Copilot plugins; GitHub can withdraw it at any time. auth.clientId sets yours; `copilot-lsp use official` is the way that GitHub documents"
    : `the client id ${plain(id)} (auth.clientId)`;
}
