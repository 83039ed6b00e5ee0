// Every failure as an LSP error answer. The numbers are those of LSP 3.18 and JSON-RPC 2.0, and below them the official
// Copilot server's: 1000 for "who are you", 1001 for a sign-in that did not work.

import { ErrorCodes, ResponseError } from "vscode-languageserver";
import type { Log } from "../../shared/context.ts";
import { CopilotError, describeError, type ErrorCode } from "../../shared/errors.ts";
import type { LspErrorData } from "../../shared/lsp.ts";
import type { RpcErrorBody } from "../json-rpc/rpc-error.ts";
import { printable } from "../runtime/printable.ts";
import { redact } from "../runtime/secret.ts";

// LSP 3.18, ErrorCodes.
const requestCancelled = -32800;
const contentModified = -32801;
const serverCancelled = -32802;
const requestFailed = -32803;
// The official server's own.
const notAuthenticated = 1000;
const signInFailed = 1001;

export const lspErrorNumbers: Readonly<Record<ErrorCode, number>> = {
  cancelled: requestCancelled,
  superseded: serverCancelled,
  "content-modified": contentModified,
  "signed-out": notAuthenticated,
  "not-authorized": notAuthenticated,
  "key-refused": requestFailed,
  "sign-in-denied": signInFailed,
  "sign-in-expired": signInFailed,
  "sign-in-failed": signInFailed,
  "keychain-locked": notAuthenticated,
  "keychain-unavailable": notAuthenticated,
  quota: requestFailed,
  limited: requestFailed,
  offline: requestFailed,
  tls: requestFailed,
  timeout: requestFailed,
  intercepted: requestFailed,
  "upstream-failed": requestFailed,
  "upstream-rejected": requestFailed,
  "client-rejected": requestFailed,
  "bad-request": ErrorCodes.InvalidParams,
  "unknown-document": ErrorCodes.InvalidParams,
  "too-large": ErrorCodes.InvalidParams,
  closing: serverCancelled,
  internal: ErrorCodes.InternalError,
};

/**
 * Whether a request made by typing is answered with "nothing" instead of this failure: the status tells of it once, and
 * nothing pops up at each key. The others concern the request itself, and an empty answer to it could wipe a newer one.
 */
export const isQuietWhenTyped: Readonly<Record<ErrorCode, boolean>> = {
  cancelled: false,
  superseded: false,
  "content-modified": false,
  "signed-out": true,
  "not-authorized": true,
  "key-refused": true,
  "sign-in-denied": true,
  "sign-in-expired": true,
  "sign-in-failed": true,
  "keychain-locked": true,
  "keychain-unavailable": true,
  quota: true,
  limited: true,
  offline: true,
  tls: true,
  timeout: true,
  intercepted: true,
  "upstream-failed": true,
  "upstream-rejected": true,
  "client-rejected": true,
  "bad-request": false,
  "unknown-document": false,
  "too-large": false,
  closing: false,
  internal: true,
};

// Clients compare these texts with the official server's.
const fixedMessages: Partial<Readonly<Record<ErrorCode, string>>> = {
  cancelled: "Request was canceled",
  superseded: "Request was superseded by a new request",
  "content-modified": "Document Version Mismatch",
  "signed-out": "Not authenticated: NotSignedIn",
};

/** The error answer to whatever a handler threw. A defect is logged with its stack; the editor sees its message. */
export function toResponseError(log: Log, error: unknown): ResponseError<LspErrorData> | ResponseError {
  if (error instanceof ResponseError) return error;
  if (!(error instanceof CopilotError)) {
    const text = error instanceof Error ? error.message : String(error);
    log.error("a request failed unexpectedly", { error: error instanceof Error ? error.stack : text });
    const data: LspErrorData = { code: "internal" };
    return new ResponseError(lspErrorNumbers.internal, shown(text), data);
  }
  return new ResponseError(lspErrorNumbers[error.code], messageOf(error), dataOf(error));
}

/** What kept a sign-in that a person asked for from beginning. */
const signInObstacles: ReadonlySet<ErrorCode> = new Set([
  "offline",
  "tls",
  "timeout",
  "intercepted",
  "limited",
  "sign-in-failed",
  "upstream-failed",
  "upstream-rejected",
]);

/** What `toResponseError` made, as it stands in a message. */
export function errorBodyOf(error: unknown): RpcErrorBody {
  const response =
    error instanceof ResponseError ? error : new ResponseError(ErrorCodes.InternalError, describeError(error));
  return response.toJson();
}

/** The failure of a sign-in to begin, in the official server's words; anything else as it is. */
export function toSignInError(error: unknown, server: string): unknown {
  if (!(error instanceof CopilotError) || !signInObstacles.has(error.code)) return error;
  const message = `Could not log in with device flow on ${server}: ${error.message}`;
  return new ResponseError(signInFailed, shown(message), dataOf(error));
}

function messageOf(error: CopilotError): string {
  const { code, message } = error;
  if (code === "not-authorized") return shown(`Not authenticated: ${message}`);
  if (lspErrorNumbers[code] === signInFailed) return shown(`DeviceFlowError: ${message}`);
  return fixedMessages[code] ?? shown(message);
}

function dataOf(error: CopilotError): LspErrorData {
  const { code, advice, retryAfterMs, url } = error;
  return { code, advice: advice && shown(advice), retryAfterMs, url: url && shown(url) };
}

/** Words of a service or of a file, without tokens and without what would change how they are displayed. */
function shown(text: string): string {
  return printable(redact(text));
}
