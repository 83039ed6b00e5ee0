// How long a document's request without waiters goes on. Editors cancel and ask again for the same text in one go: some
// milliseconds do. Plugins that debounce cancel at the key and ask later; when such a query comes too late for a request
// that was just stopped, the period grows to that gap, and it shrinks again when it passes unused.

import type { Clock } from "../../../shared/context.ts";
import { type Anchor, typedSinceAnchor } from "../anchor.ts";
import type { CompletionQuery } from "../query.ts";

export interface GracePeriod {
  ms(): number;
  /** A request whose last waiter left at `leftAtMs` was stopped at the end of the period. */
  onPassed(anchor: Anchor | undefined, leftAtMs: number): void;
  onQuery(query: CompletionQuery): void;
}

const minMs = 10;
const maxMs = 400;
const margin = 1.5;

export function createGracePeriod(clock: Clock): GracePeriod {
  let periodMs = minMs;
  let stopped: { readonly anchor: Anchor; readonly leftAtMs: number } | undefined;

  return {
    ms: () => periodMs,
    onPassed(anchor, leftAtMs) {
      periodMs = Math.max(minMs, periodMs / 2);
      stopped = anchor && { anchor, leftAtMs };
    },
    onQuery({ position }) {
      if (!stopped) return;
      const gapMs = clock.monotonicMs() - stopped.leftAtMs;
      if (gapMs > maxMs) stopped = undefined;
      else if (typedSinceAnchor(stopped.anchor, position) !== undefined) {
        periodMs = Math.min(maxMs, margin * gapMs);
        stopped = undefined;
      }
    },
  };
}
