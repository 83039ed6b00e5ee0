// The one error that crosses layers, and the closed list of what can go wrong. Each front maps every code to its own
// wire with an exhaustive record, so a code added here does not compile until all of them answer for it.

export const errorCodes = [
  /** The asker left or sent a cancel. Not a failure: never logged as one, counted or cached. */
  "cancelled",
  /** A newer request for the same document took its place. */
  "superseded",
  /** The request names a document version that is not the current one. */
  "content-modified",
  /** No GitHub token, or GitHub no longer accepts it. */
  "signed-out",
  /** The account is known but may not use Copilot (403, 404 on the token exchange). */
  "not-authorized",
  /** The service in Copilot's place wants a key, or does not accept the one that it has (401, 403). */
  "key-refused",
  /** Device flow: the person said no. */
  "sign-in-denied",
  /** Device flow: the code ran out before it was entered. */
  "sign-in-expired",
  /** Device flow: GitHub will not do it (disabled, wrong client id, bad code). */
  "sign-in-failed",
  /** The GitHub token is in the system's keychain, which waits for a password or was refused it. */
  "keychain-locked",
  /** The GitHub token is, or was to be put, in the system's keychain, which does not work here. */
  "keychain-unavailable",
  /** The plan's completions are used up (402). */
  "quota",
  /** Asked too often: the service said so (429, 503 with Retry-After) or our own governor did. */
  "limited",
  /** The service could not be reached: DNS, connect, reset. */
  "offline",
  /** The certificate of the service or of a proxy is not trusted. */
  "tls",
  /** One of our own deadlines passed. */
  "timeout",
  /** Something between us and the service answered in its place: HTML, or no GitHub header. */
  "intercepted",
  /** The service failed (5xx, a broken or truncated stream). */
  "upstream-failed",
  /** The service refused the request (4xx that has no code of its own). */
  "upstream-rejected",
  /** The service refuses this client (466). */
  "client-rejected",
  /** The request is wrong: types, ranges, missing fields. */
  "bad-request",
  /** The document was never opened, or is closed. */
  "unknown-document",
  /** A body or a document is over its bound. */
  "too-large",
  /** The process is shutting down. */
  "closing",
  /** A defect of this program. */
  "internal",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface ErrorDetails {
  /** What the person can do next: one sentence. */
  readonly advice?: string;
  /** HTTP status of the answer that caused it, if one did. */
  readonly httpStatus?: number;
  /** How long to wait before asking again, when the service or the governor said. */
  readonly retryAfterMs?: number;
  /** A page that helps, as the service named it. */
  readonly url?: string;
  readonly cause?: unknown;
}

/** A failure with a code. `message` says what happened to what; `advice` what to do next. Neither ever holds a token. */
export class CopilotError extends Error {
  override readonly name = "CopilotError";
  readonly code: ErrorCode;
  readonly advice: string | undefined;
  readonly httpStatus: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly url: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.advice = details.advice;
    this.httpStatus = details.httpStatus;
    this.retryAfterMs = details.retryAfterMs;
    this.url = details.url;
    // `cause` may hold request options of a library; it is for debuggers, not for anything that prints an error.
    Object.defineProperty(this, "cause", { enumerable: false });
  }
}

/** The code of anything thrown; what is not ours is a defect, and so `internal`. */
export function errorCodeOf(error: unknown): ErrorCode {
  return error instanceof CopilotError ? error.code : "internal";
}

/** Sentences for a person: the message and, where there is one, the advice. */
export function describeError(error: unknown): string {
  if (error instanceof CopilotError) return withAdvice(error);
  return error instanceof Error ? error.message : String(error);
}

export function withAdvice({ message, advice }: Pick<CopilotError, "message" | "advice">): string {
  // A message may end with what a service said.
  return advice ? `${message}${/[.!?]$/.test(message) ? "" : "."} ${advice}` : message;
}
