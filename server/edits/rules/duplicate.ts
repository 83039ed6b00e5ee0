// Models repeat what stands around the window. Added lines that are there already, directly above or below, are taken off.

import { type Candidate, type EditRule, trimmedHunk } from "./rule.ts";

export const duplicate: EditRule = {
  name: "duplicate",
  apply(hunk, { lines }) {
    const surplus = hunk.lines.length - hunk.old.length;
    if (surplus <= 0) return hunk;
    const below = lines(hunk.end, hunk.end + surplus);
    const above = lines(Math.max(0, hunk.start - surplus), hunk.start);
    const atEnd = overlap(hunk.lines, below, surplus);
    const atStart = hunk.old.length > 0 ? 0 : overlapAtStart(hunk.lines, above, surplus - atEnd);
    if (atEnd === 0 && atStart === 0) return hunk;
    const kept: Candidate = { ...hunk, lines: hunk.lines.slice(atStart, hunk.lines.length - atEnd) };
    const trimmed = trimmedHunk(kept);
    return trimmed.start === trimmed.end && trimmed.lines.length === 0 ? undefined : trimmed;
  },
};

/** How many last lines of `added` are the first lines of `below`; lines without a word alone prove nothing but closers. */
function overlap(added: readonly string[], below: readonly string[], most: number): number {
  for (let count = Math.min(most, below.length); count > 0; count -= 1) {
    const repeated = below.slice(0, count);
    if (!isSame(added.slice(added.length - count), repeated)) continue;
    if (repeated.some(hasWord) || (count === added.length && repeated.some((line) => line.trim() !== ""))) return count;
  }
  return 0;
}

function overlapAtStart(added: readonly string[], above: readonly string[], most: number): number {
  for (let count = Math.min(most, above.length); count > 0; count -= 1) {
    const repeated = above.slice(above.length - count);
    if (isSame(added.slice(0, count), repeated) && repeated.some(hasWord)) return count;
  }
  return 0;
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((line, index) => line === others[index]);
}

function hasWord(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line);
}
