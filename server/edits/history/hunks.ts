// A history entry in words: its hunks without context lines, as the models know them.

import { lineDiff } from "./line-diff.ts";
import type { HistoryEntry } from "./recorder.ts";

export interface HistoryHunk {
  /** Lines from 0, in the text before and after. */
  readonly oldStart: number;
  readonly newStart: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Without hunks of blank lines only. Empty for an entry that has changed nothing in the end. */
export function hunksOf(
  entry: Pick<HistoryEntry, "before" | "after" | "startLine" | "endLine" | "newEndLine">,
): readonly HistoryHunk[] {
  const { startLine } = entry;
  const old = entry.before.lines(startLine, entry.endLine + 1);
  const now = entry.after.lines(startLine, entry.newEndLine + 1);
  return lineDiff(old, now)
    .map(({ start, end, newStart, newEnd }) => ({
      oldStart: startLine + start,
      newStart: startLine + newStart,
      removed: old.slice(start, end),
      added: now.slice(newStart, newEnd),
    }))
    .filter(({ removed, added }) => [...removed, ...added].some((line) => line.trim() !== ""));
}
