// What a failed request is answered with, before it is put into the words of a client. The one place where codes
// become HTTP statuses.

import { CopilotError, type ErrorCode } from "../../../shared/errors.ts";
import type { HttpErrorCode } from "../../../shared/http.ts";
import { printable } from "../../runtime/printable.ts";
import { redact } from "../../runtime/secret.ts";

/** Headers of an answer, by name. */
export type Headers = Readonly<Record<string, string>>;

/** A failure as every format of errors can say it. */
export interface Problem {
  readonly status: number;
  readonly code: ErrorCode | HttpErrorCode;
  readonly message: string;
  readonly advice: string | undefined;
  readonly headers: Headers;
}

/** A request that HTTP itself refuses, before any front-neutral code applies. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly problem: Problem;

  constructor(
    status: number,
    code: ErrorCode | HttpErrorCode,
    message: string,
    details: { readonly advice?: string; readonly headers?: Headers } = {},
  ) {
    super(message);
    this.problem = { status, code, message, advice: details.advice, headers: details.headers ?? {} };
  }
}

const statuses: Readonly<Record<ErrorCode, number>> = {
  // nginx's number for a client that left; nobody is there to read it.
  cancelled: 499,
  superseded: 409,
  "content-modified": 409,
  "signed-out": 401,
  "not-authorized": 403,
  "key-refused": 403,
  "sign-in-denied": 403,
  "sign-in-expired": 410,
  "sign-in-failed": 502,
  "keychain-locked": 503,
  "keychain-unavailable": 503,
  quota: 402,
  limited: 429,
  offline: 502,
  tls: 502,
  timeout: 504,
  intercepted: 502,
  "upstream-failed": 502,
  "upstream-rejected": 502,
  "client-rejected": 502,
  "bad-request": 400,
  "unknown-document": 404,
  "too-large": 413,
  closing: 503,
  internal: 500,
};

// A 401 must carry a challenge (RFC 9110, section 15.5.2); no scheme that a client could answer would be true here.
const challenge: Headers = { "WWW-Authenticate": 'GitHub-Device-Flow realm="GitHub Copilot"' };

/** The answer to anything thrown. What is not ours is a defect: its words stay in the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpError) return error.problem;
  if (!(error instanceof CopilotError)) {
    return {
      status: statuses.internal,
      code: "internal",
      message: "The program failed while it answered this request.",
      advice: "Its log says more.",
      headers: {},
    };
  }
  const { code, retryAfterMs } = error;
  return {
    status: statuses[code],
    code,
    message: printable(redact(error.message)),
    advice: error.advice === undefined ? undefined : printable(redact(error.advice)),
    headers: {
      ...(code === "signed-out" && challenge),
      ...(retryAfterMs !== undefined && { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }),
    },
  };
}
