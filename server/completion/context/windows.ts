// Finds the stretches of a document that have most words in common with the text at the cursor, by Jaccard's measure:
// the words in both over the words in either.

import type { WordTable } from "./word-table.ts";

export interface Stretch {
  readonly startLine: number;
  /** Not part of it. */
  readonly endLine: number;
  /** Above 0, at most 1. */
  readonly score: number;
}

/**
 * The best `most` stretches of `windowLines` lines, best first, none overlapping another; the whole document when it is
 * shorter. The cost is that of going over the document's words twice.
 */
export function bestStretches(
  lines: readonly { readonly words: readonly number[] }[],
  table: WordTable,
  referenceWords: number,
  windowLines: number,
  most: number,
): readonly Stretch[] {
  const scores = scoresOf(lines, table, referenceWords, windowLines);
  const found: Stretch[] = [];
  while (found.length < most) {
    let best: Stretch | undefined;
    for (const [startLine, score] of scores.entries()) {
      if (score <= (best?.score ?? 0)) continue;
      const endLine = Math.min(lines.length, startLine + windowLines);
      if (found.some((other) => startLine < other.endLine && other.startLine < endLine)) continue;
      best = { startLine, endLine, score };
    }
    if (!best) break;
    found.push(best);
  }
  return found;
}

/** By the line that a window starts at. */
function scoresOf(
  lines: readonly { readonly words: readonly number[] }[],
  table: WordTable,
  referenceWords: number,
  windowLines: number,
): readonly number[] {
  const marks = table.marks();
  const counts = table.counts();
  let distinct = 0;
  let shared = 0;
  const count = (line: number, step: 1 | -1): void => {
    for (const id of lines[line]?.words ?? []) {
      const now = (counts[id] ?? 0) + step;
      counts[id] = now;
      if (step === 1 ? now > 1 : now > 0) continue;
      distinct += step;
      if (marks[id] === 1) shared += step;
    }
  };

  const scores: number[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    count(line, 1);
    const start = line - windowLines + 1;
    if (start < 0 && line < lines.length - 1) continue;
    if (start > 0) count(start - 1, -1);
    const either = referenceWords + distinct - shared;
    scores.push(either === 0 ? 0 : shared / either);
  }
  for (let line = Math.max(0, lines.length - windowLines); line < lines.length; line += 1) count(line, -1);
  return scores;
}
