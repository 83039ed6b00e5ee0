// A failure as data that may be shown: code, message, advice, page. Whatever was thrown, nothing of it can steer a
// terminal or hold a token.

import { CopilotError, type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import { plain } from "./output/output.ts";

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do next. */
  readonly advice: string | undefined;
  /** A page that helps. */
  readonly url: string | undefined;
}

export function failureOf(error: unknown): Failure {
  const { advice, url } = error instanceof CopilotError ? error : {};
  return {
    code: errorCodeOf(error),
    message: plain(error instanceof Error ? error.message : String(error)),
    advice: advice ? plain(advice) : undefined,
    url: url ? plain(url) : undefined,
  };
}
