// What GitHub's language server says of failures, as this program's own errors. It answers most failures of a completion
// with an empty list and tells of them by its status.

import { CopilotError, type ErrorCode } from "../../../shared/errors.ts";
import { ExcludedByServiceError } from "../../completion/service.ts";
import { RpcError } from "../../json-rpc/rpc-error.ts";
import { withoutControls } from "../../runtime/printable.ts";
import { redact } from "../../runtime/secret.ts";

/** As it last told. */
export interface ServerStatus {
  /** `Normal`, `Warning`, `Error` or `Inactive`. */
  readonly kind: string;
  readonly message: string;
  /** What it offers a person to do about it; empty: nothing. */
  readonly command: string;
}

// The server's own numbers, and those of LSP 3.18.
const notAuthenticated = 1000;
const signInFailed = 1001;
const notAvailable = 1002;
const contentModified = -32_801;
const serverCancelled = -32_802;

const maxWords = 300;
const noNetwork = /\b(E[A-Z]{4,}|getaddrinfo|socket hang up|fetch failed|network)\b/;
const signInAdvice = "Sign in with `copilot-lsp login`.";

/** Its words, fit for a log and for a person: no tokens, no controls, bounded. */
export function inWords(text: unknown): string {
  return typeof text === "string" ? withoutControls(redact(text.slice(0, maxWords * 4))).slice(0, maxWords) : "";
}

/** What a request ended with. `what` names the request: `the completion`. */
export function failureOf(error: unknown, what: string): unknown {
  if (error instanceof CopilotError) return error;
  if (!(error instanceof RpcError)) {
    return new CopilotError("upstream-failed", `GitHub's language server ended before ${what} came.`, {
      advice: "It is started again by the next request.",
    });
  }
  const words = inWords(error.message);
  const said = (code: ErrorCode): CopilotError =>
    new CopilotError(code, `GitHub's language server refused ${what}: ${words}`);
  switch (error.code) {
    case notAuthenticated:
      return /NotSignedIn|401|expired/i.test(words)
        ? new CopilotError("signed-out", "GitHub's language server is not signed in.", { advice: signInAdvice })
        : said("not-authorized");
    // By the rules of the organisation, which it knows, or because it could not fetch them.
    case notAvailable:
      return new ExcludedByServiceError(words);
    case signInFailed:
      return said(signInCode(words));
    case contentModified:
    case serverCancelled:
      return new CopilotError("superseded", `GitHub's language server dropped ${what} for a newer request.`);
    default:
      if (/\b(429|throttled)\b/i.test(words)) return said("limited");
      return said(noNetwork.test(words) ? "offline" : "upstream-failed");
  }
}

function signInCode(words: string): ErrorCode {
  if (/denied/i.test(words)) return "sign-in-denied";
  if (/expired/i.test(words)) return "sign-in-expired";
  return noNetwork.test(words) ? "offline" : "sign-in-failed";
}

/** Why it has nothing to offer; undefined while its status is a good one. */
export function failureOfStatus({ kind, message, command }: ServerStatus): CopilotError | undefined {
  if (kind !== "Warning" && kind !== "Error") return undefined;
  const words = message === "" ? "it does not say why" : message;
  return new CopilotError(codeOfStatus(message, command), `GitHub's language server cannot complete: ${words}`);
}

function codeOfStatus(message: string, command: string): ErrorCode {
  if (/quotaExceeded/.test(command) || /limit reached|quota/i.test(message)) return "quota";
  if (/signIn/.test(command) || /not signed in|signed out/i.test(message)) return "signed-out";
  if (/\b429\b/.test(message)) return "limited";
  if (/\b466\b|upgrade/i.test(message)) return "client-rejected";
  return noNetwork.test(message) ? "offline" : "upstream-failed";
}
