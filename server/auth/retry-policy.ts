// When GitHub may be asked for a session again: after failures with growing pauses, after refused sessions once in a
// window. Knows nothing of the asking itself.

import type { Clock } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { backoffMs } from "./backoff.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";

export interface RetryPolicy {
  /** An exchange failed. Answers how many have in a row, and how long the pause is. */
  failed(error: CopilotError): { readonly inARow: number; readonly pauseMs: number };
  /** The service refused the session that it had given. */
  refused(): void;
  /** Somebody is about to ask because there is no session. */
  asking(): void;
  /** All is well, or another account is in use: nothing is remembered but the window. */
  clear(): void;
  /** What the last exchange failed with, until one succeeds. */
  failure(): CopilotError | undefined;
  /** How long the pause still lasts; not above zero when it is over or there is none. */
  pauseLeftMs(): number;
  /** What a caller is told instead of an exchange that would come too soon. */
  tooSoon(): CopilotError | undefined;
}

interface Failure {
  readonly error: CopilotError;
  readonly inARow: number;
  readonly at: Timestamp;
  readonly pauseMs: number;
}

/** A service that refuses every token it gives must not be asked for one by every request. */
const windowMs = 5_000;

export function createRetryPolicy(deps: { readonly clock: Clock; readonly random: () => number }): RetryPolicy {
  const { clock, random } = deps;
  let failure: Failure | undefined;
  let wasRefused = false;
  let forcedAt: Timestamp | undefined;

  const pauseLeftMs = (): number => (failure ? failure.pauseMs - elapsedMs(clock, failure.at) : 0);

  return {
    failed(error) {
      const inARow = (failure?.inARow ?? 0) + 1;
      failure = { error, inARow, at: now(clock), pauseMs: backoffMs(inARow, error.retryAfterMs, random) };
      return failure;
    },
    refused() {
      wasRefused = true;
    },
    asking() {
      if (wasRefused) forcedAt = now(clock);
    },
    clear() {
      failure = undefined;
      wasRefused = false;
    },
    failure: () => failure?.error,
    pauseLeftMs,
    tooSoon() {
      const pauseLeft = pauseLeftMs();
      if (failure && pauseLeft > 0) {
        const { code, message, advice, httpStatus, url } = failure.error;
        return new CopilotError(code, message, { advice, httpStatus, url, retryAfterMs: Math.ceil(pauseLeft) });
      }
      if (!wasRefused || !forcedAt) return undefined;
      const windowLeft = windowMs - elapsedMs(clock, forcedAt);
      if (windowLeft <= 0) return undefined;
      return new CopilotError("upstream-rejected", "Copilot refuses the session tokens that it gives.", {
        advice: "If this lasts, sign out and in again.",
        httpStatus: 401,
        retryAfterMs: Math.ceil(windowLeft),
      });
    },
  };
}
