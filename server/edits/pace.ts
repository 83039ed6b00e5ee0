// How long to wait before asking: until the typing rests by the person's own rhythm, longer in a word and at a line's end,
// which mostly go on, longer still in a name that takes another's place and where what is typed plainly goes on, and longer
// with each edit that was turned down.

import type { Eagerness } from "./settings.ts";
import type { Aggressiveness } from "./prompt/inputs.ts";

export interface Moment {
  readonly eagerness: Eagerness;
  /** Since the document was changed last; undefined if it was not. */
  readonly sinceChangeMs: number | undefined;
  readonly isAtLineEnd: boolean;
  /** The cursor stands behind a letter or digit: the word may become a longer one. */
  readonly isInWord: boolean;
  /** What was changed last puts a name in the place of another. */
  readonly isNewName: boolean;
  /** What is being typed plainly goes on. */
  readonly isUnfinished: boolean;
  readonly isAfterAccept: boolean;
}

export interface Pace {
  /** A document was changed. */
  changed(nowMs: number): void;
  /** Milliseconds from now; 0 to ask at once. */
  waitMs(moment: Moment): number;
  /** What the model is told of how sure it shall be. */
  aggressiveness(eagerness: Eagerness): Aggressiveness;
  decided(isAccepted: boolean): void;
}

// Of gaps between keys, one in a hundred is three times as long as their median (log-normal, spread 0.45), so that whoever
// pauses longer has come to a rest.
const restGaps = 3;
const shortestRestMs = 150;
const longestRhythmMs = 400;
/** A longer pause is none between two keys of a burst. */
const longestGapMs = 1_000;
const maxGaps = 15;
const minGaps = 3;
const lineEndRestMs = 600;
const wordRestMs = 700;
/** Its uses follow from it, all of them wrong when it is half a name. */
const nameRestMs = 1_000;
const unfinishedRestMs = 1_500;
const afterAcceptMs = 50;
const eagernessFactor: Readonly<Record<Eagerness, number>> = { auto: 1, low: 4, medium: 1, high: 0 };
const refusedFactor = 1.5;
const longestRestMs = 5_000;
/** As many decisions count. */
const maxDecisions = 10;
const minDecisions = 4;

export function createPace(): Pace {
  let decisions: readonly boolean[] = [];
  let refusedInRow = 0;
  let gaps: readonly number[] = [];
  let changedAtMs = Number.NEGATIVE_INFINITY;

  const rhythmMs = (): number => {
    if (gaps.length < minGaps) return longestRhythmMs;
    const median = gaps.toSorted((one, other) => one - other)[Math.floor(gaps.length / 2)] ?? 0;
    return Math.min(Math.max(restGaps * median, shortestRestMs), longestRhythmMs);
  };

  const usualMs = ({ isAtLineEnd, isInWord, isNewName, isUnfinished }: Moment): number => {
    if (isUnfinished) return unfinishedRestMs;
    if (isInWord) return isNewName ? nameRestMs : wordRestMs;
    return isAtLineEnd ? lineEndRestMs : rhythmMs();
  };

  return {
    changed(nowMs) {
      const gap = nowMs - changedAtMs;
      changedAtMs = nowMs;
      if (gap > 0 && gap < longestGapMs) gaps = [...gaps, gap].slice(-maxGaps);
    },
    waitMs(moment) {
      const { eagerness, sinceChangeMs = Number.POSITIVE_INFINITY, isAfterAccept } = moment;
      if (isAfterAccept) return Math.max(0, afterAcceptMs - sinceChangeMs);
      const rest = usualMs(moment) * eagernessFactor[eagerness];
      return Math.max(0, Math.min(rest * refusedFactor ** refusedInRow, longestRestMs) - sinceChangeMs);
    },
    aggressiveness(eagerness) {
      if (eagerness !== "auto") return eagerness;
      if (decisions.length < minDecisions) return "medium";
      const share = decisions.filter((isAccepted) => isAccepted).length / decisions.length;
      if (share >= 0.7) return "high";
      return share < 0.4 ? "low" : "medium";
    },
    decided(isAccepted) {
      decisions = [...decisions, isAccepted].slice(-maxDecisions);
      refusedInRow = isAccepted ? 0 : refusedInRow + 1;
    },
  };
}
