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
    for (let startLine = 0; startLine < scores.length; startLine += 1) {
      const score = scores[startLine] ?? 0;
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
  // Plain loops: this is gone through for every word of every candidate.
  const add = (words: readonly number[] | undefined): void => {
    if (!words) return;
    for (let at = 0; at < words.length; at += 1) {
      const id = words[at] ?? 0;
      const before = counts[id] ?? 0;
      counts[id] = before + 1;
      if (before > 0) continue;
      distinct += 1;
      shared += marks[id] ?? 0;
    }
  };
  const remove = (words: readonly number[] | undefined): void => {
    if (!words) return;
    for (let at = 0; at < words.length; at += 1) {
      const id = words[at] ?? 0;
      const left = (counts[id] ?? 0) - 1;
      counts[id] = left;
      if (left > 0) continue;
      distinct -= 1;
      shared -= marks[id] ?? 0;
    }
  };

  const scores: number[] = [];
  for (let line = 0; line < lines.length; line += 1) {
    add(lines[line]?.words);
    const start = line - windowLines + 1;
    if (start < 0 && line < lines.length - 1) continue;
    if (start > 0) remove(lines[start - 1]?.words);
    const either = referenceWords + distinct - shared;
    scores.push(either === 0 ? 0 : shared / either);
  }
  for (let line = Math.max(0, lines.length - windowLines); line < lines.length; line += 1) remove(lines[line]?.words);
  return scores;
}
