// When a service that is used up is asked again, where nothing but an answer tells that its quota has returned.

import type { Clock } from "../../shared/context.ts";
import { errorCodeOf } from "../../shared/errors.ts";

export interface QuotaRetry {
  /** What a request ended with. */
  note(error: unknown): void;
  /** Part of an account's key: another one when it is time to ask again. */
  key(): string;
}

const pauseMs = 10 * 60_000;

export function createQuotaRetry(clock: Clock): QuotaRetry {
  let untilMs: number | undefined;
  let tries = 0;
  return {
    note(error) {
      if (errorCodeOf(error) === "quota") untilMs = clock.monotonicMs() + pauseMs;
    },
    key() {
      if (untilMs !== undefined && clock.monotonicMs() >= untilMs) {
        untilMs = undefined;
        tries += 1;
      }
      return String(tries);
    },
  };
}
