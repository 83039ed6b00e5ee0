// The words for a GitHub token that GitHub or Copilot will not take. They name where the token came from, because that
// is where a person has to put it right.

import { CopilotError } from "../../shared/errors.ts";
import { redact } from "../runtime/secret.ts";
import type { Credential } from "./token-sources.ts";

const signInAdvice = "Sign in with the command of your editor or with `copilot-lsp login`.";

/** What to say of a token that may be of the wrong kind; undefined for all others. */
export function tokenKindNote(token: Credential["token"]): string | undefined {
  if (!token.reveal().startsWith("gho_")) return undefined;
  return "Tokens that start with gho_, such as those of the gh command line, may not work with Copilot.";
}

function variableOf({ source }: Credential): string | undefined {
  return source === "GH_COPILOT_TOKEN" || source === "GITHUB_COPILOT_TOKEN" ? source : undefined;
}

function sentences(...parts: readonly (string | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}

/**
 * No token anywhere. `account`: its name, where the folder is bound to one. `leftOut` is a variable that holds one, but is
 * not used after a sign-out by hand.
 */
export function notSignedIn(serverUrl: string, account: string | undefined, leftOut: string | undefined): CopilotError {
  const note = leftOut && `${leftOut} is set, but is not used after a sign-out by hand.`;
  if (account === undefined) {
    return new CopilotError("signed-out", sentences(`Not signed in to ${serverUrl}.`, note), { advice: signInAdvice });
  }
  return new CopilotError("signed-out", sentences(`Account ${account} is not signed in to ${serverUrl}.`, note), {
    advice: `Run \`copilot-lsp login --account ${account}\`.`,
  });
}

/** 401: GitHub does not know the token, or not any more. */
export function tokenRefused(credential: Credential, cause: CopilotError): CopilotError {
  const variable = variableOf(credential);
  const stored = credential.user === undefined ? "the stored sign-in" : `the stored sign-in of ${credential.user}`;
  const name = variable === undefined ? stored : `the token in ${variable}`;
  const way = variable === undefined ? signInAdvice : `Unset ${variable} or set it to a token that works.`;
  return new CopilotError("signed-out", `GitHub (${credential.server}) does not accept ${name}.`, {
    advice: sentences(tokenKindNote(credential.token), way),
    httpStatus: cause.httpStatus,
    cause,
  });
}

/** 403 and 404: GitHub knows the person and gives no Copilot. In the service's own words. */
export function copilotRefused(credential: Credential, cause: CopilotError): CopilotError {
  const variable = variableOf(credential);
  return new CopilotError("not-authorized", redact(cause.message), {
    advice: sentences(
      redact(cause.advice ?? ""),
      tokenKindNote(credential.token),
      variable && `This is about the token in ${variable}.`,
    ),
    httpStatus: cause.httpStatus,
    url: cause.url,
    cause,
  });
}
