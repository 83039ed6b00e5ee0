// A token bucket: an allowance that refills with time.

import type { Clock } from "../../shared/context.ts";

/** How many may come at once, and how many per minute in the long run. `burst: 0` means no limit. */
export interface Allowance {
  readonly burst: number;
  readonly perMinute: number;
}

export interface TokenBucket {
  /**
   * Takes one token and says how long to wait before using it: 0 when one was there. Takes none, and says `undefined`
   * as `waitMs`, when the wait would be longer than `maxWaitMs`.
   */
  take(maxWaitMs: number): { readonly waitMs: number | undefined; readonly retryAfterMs: number };
  /** Returns a token that was taken and not used. */
  giveBack(): void;
  /** Tokens there now; less than 0 while takers wait. */
  tokens(): number;
}

const minuteMs = 60_000;

/** Starts full. `allowance` is read at each use, so that a change is in force at once. */
export function createTokenBucket(clock: Clock, allowance: () => Allowance): TokenBucket {
  let tokens = Number.POSITIVE_INFINITY;
  let filledAtMs = clock.monotonicMs();

  const fill = (): Allowance => {
    const now = allowance();
    const nowMs = clock.monotonicMs();
    tokens = Math.min(now.burst, tokens + ((nowMs - filledAtMs) * now.perMinute) / minuteMs);
    filledAtMs = nowMs;
    return now;
  };

  return {
    take(maxWaitMs) {
      const { burst, perMinute } = fill();
      if (burst === 0) return { waitMs: 0, retryAfterMs: 0 };
      const missing = Math.max(0, 1 - tokens);
      const waitMs = missing === 0 ? 0 : Math.ceil((missing * minuteMs) / perMinute);
      if (waitMs > maxWaitMs) return { waitMs: undefined, retryAfterMs: waitMs };
      tokens -= 1;
      return { waitMs, retryAfterMs: waitMs };
    },
    giveBack() {
      tokens += 1;
    },
    tokens() {
      return fill().burst === 0 ? Number.POSITIVE_INFINITY : tokens;
    },
  };
}
