// What the program's exit code says. The one table: help prints it, and every error code has its place in it.

import type { NoEditReason } from "../../shared/edits.ts";
import type { ErrorCode } from "../../shared/errors.ts";

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  signedOut: 3,
  unreachable: 4,
  nothingOffered: 5,
  limited: 6,
  /** 128 + SIGINT, as shells count. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** One line each, as help prints them. */
export const exitCodeDocs: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, "done"],
  [exitCodes.failed, "failed; standard error says why"],
  [exitCodes.usage, "the command line, a setting or an argument is wrong"],
  [exitCodes.signedOut, "nobody is signed in, or the account or key is refused"],
  [exitCodes.unreachable, "the service could not be reached, or did not answer properly"],
  [exitCodes.nothingOffered, "complete, next-edit: nothing was offered; standard error says why"],
  [exitCodes.limited, "the plan or the service allows no more for now"],
  [exitCodes.interrupted, "ended by Ctrl-C"],
  [exitCodes.terminated, "ended by SIGTERM; serve and demo end with 0"],
];

const exitCodeByError: Readonly<Record<ErrorCode, ExitCode>> = {
  cancelled: exitCodes.interrupted,
  superseded: exitCodes.failed,
  "content-modified": exitCodes.failed,
  "signed-out": exitCodes.signedOut,
  "not-authorized": exitCodes.signedOut,
  "key-refused": exitCodes.signedOut,
  "sign-in-denied": exitCodes.signedOut,
  "sign-in-expired": exitCodes.signedOut,
  "sign-in-failed": exitCodes.signedOut,
  "keychain-locked": exitCodes.signedOut,
  "keychain-unavailable": exitCodes.signedOut,
  quota: exitCodes.limited,
  limited: exitCodes.limited,
  offline: exitCodes.unreachable,
  tls: exitCodes.unreachable,
  timeout: exitCodes.unreachable,
  intercepted: exitCodes.unreachable,
  "upstream-failed": exitCodes.unreachable,
  "upstream-rejected": exitCodes.failed,
  "client-rejected": exitCodes.failed,
  "bad-request": exitCodes.usage,
  "unknown-document": exitCodes.failed,
  "too-large": exitCodes.usage,
  closing: exitCodes.failed,
  internal: exitCodes.failed,
};

const exitCodeByNoEdit: Readonly<Record<NoEditReason, ExitCode>> = {
  disabled: exitCodes.nothingOffered,
  plan: exitCodes.limited,
  excluded: exitCodes.nothingOffered,
  "unknown-document": exitCodes.failed,
  "no-changes": exitCodes.nothingOffered,
  "nothing-new": exitCodes.nothingOffered,
  "not-asked": exitCodes.nothingOffered,
  "too-large": exitCodes.usage,
  stale: exitCodes.nothingOffered,
  late: exitCodes.unreachable,
  "upstream-empty": exitCodes.nothingOffered,
  filtered: exitCodes.nothingOffered,
  secret: exitCodes.nothingOffered,
};

export function exitCodeOfNoEdit(reason: NoEditReason): ExitCode {
  return exitCodeByNoEdit[reason];
}

export function exitCodeOfError(code: ErrorCode): ExitCode {
  return exitCodeByError[code];
}

/** The reason to abort with when a signal asks the process to end, so that its exit code can tell which. */
export class StopSignal extends Error {
  override readonly name = "StopSignal";
  readonly signalName: "SIGINT" | "SIGTERM" | "SIGHUP";

  constructor(signalName: "SIGINT" | "SIGTERM" | "SIGHUP") {
    super(`stopped by ${signalName}`);
    this.signalName = signalName;
  }
}
