// How long a key waits before it makes a request: the rule, and what it goes by.
//
// A key that the cache or an in-flight request answers never gets here. Nor does a query by hand or by a program wait. A
// typed key waits only when all of this holds:
//   - the last keys contradicted what was offered, so that the next one probably will again: `acceptRate` is low;
//   - the person is in the middle of a burst, so that there will be a next key soon;
//   - the service takes longer than a key, so that its answer would be too late for this one.
// It then waits until the next key would have come, a little longer than the usual time between two keys, counted from
// the key itself: what was spent since is part of it. A key that comes meanwhile supersedes it, and the service never
// hears of it.

import type { Clock } from "../../../shared/context.ts";
import type { CompletionQuery } from "../query.ts";

export interface TypingCadence {
  /** A key was pressed. `agreed`: as the text on screen said; undefined where it says nothing. */
  onKey(query: CompletionQuery, agreed: boolean | undefined): void;
  /** The service has answered, so long after it was asked. */
  onAnswer(tookMs: number): void;
  /** How long a query that has to be asked is held back, from now. */
  waitMs(query: CompletionQuery): number;
  /** How many keys are pressed while an answer is fetched, with some to spare. */
  keysPerAnswer(): number;
}

// A longer gap is a pause to think and says nothing of the fingers.
const longestGapMs = 600;
const newestShare = 0.2;
const lowAcceptRate = 0.35;
const acceptRateShare = 0.35;
const gapsWaited = 1.25;
const longestWaitMs = 200;
// Answers vary more than fingers do.
const answersAhead = 2;

export function createTypingCadence(clock: Clock): TypingCadence {
  let lastText: string | undefined;
  let lastKeyMs = Number.NEGATIVE_INFINITY;
  let lastGapMs = Number.POSITIVE_INFINITY;
  let usualGapMs: number | undefined;
  let answerMs: number | undefined;
  let acceptRate = 1;

  return {
    onKey({ askedAtMs, position }, agreed) {
      // Ghost text and menu ask for one key.
      const text = position.textAbove(position.before.length);
      if (text === lastText) return;
      lastText = text;
      lastGapMs = askedAtMs - lastKeyMs;
      lastKeyMs = askedAtMs;
      if (lastGapMs <= longestGapMs) usualGapMs = blend(usualGapMs, lastGapMs, newestShare);
      if (agreed !== undefined) acceptRate = blend(acceptRate, agreed ? 1 : 0, acceptRateShare);
    },
    onAnswer(tookMs) {
      answerMs = blend(answerMs, tookMs, newestShare);
    },
    waitMs({ trigger, askedAtMs, speculative }) {
      if (trigger !== "typed" || speculative || acceptRate >= lowAcceptRate) return 0;
      if (usualGapMs === undefined || lastGapMs > longestGapMs) return 0;
      if (answerMs !== undefined && answerMs < usualGapMs) return 0;
      const untilNextKeyMs = Math.min(usualGapMs * gapsWaited, longestWaitMs);
      return Math.max(0, untilNextKeyMs - (clock.monotonicMs() - askedAtMs));
    },
    keysPerAnswer: () =>
      answerMs === undefined || usualGapMs === undefined
        ? Number.POSITIVE_INFINITY
        : (answersAhead * answerMs) / Math.max(1, usualGapMs),
  };
}

function blend(old: number | undefined, value: number, share: number): number {
  return old === undefined ? value : old + (value - old) * share;
}
