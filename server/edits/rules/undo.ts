// An edit must not take back what was just done: neither bring back what the person removed nor remove what they added.

import { wordDiff, wordsOf } from "../memory/words.ts";
import type { Candidate, EditRule } from "./rule.ts";
import type { HistoryHunk } from "../history/hunks.ts";

/** So far from the place of the latest removal, the same lines are not a move to somewhere else. */
const nearLines = 10;

export const undo: EditRule = {
  name: "undo",
  apply: (hunk, { recent }) => (recent.some((past, age) => undoes(hunk, past, age)) ? undefined : hunk),
};

function undoes(hunk: Candidate, past: HistoryHunk, age: number): boolean {
  if (age === 0 && takesAway(hunk, past)) return true;
  const wasAdded = past.added.filter((line) => line.trim() !== "");
  if (wasAdded.length === 0) return age === 0 && bringsBack(hunk, past);
  // Its lines, wherever they are by now; lines of brackets stand everywhere.
  const touched = wasAdded.filter((line) => hunk.old.includes(line));
  if (!touched.some((line) => /[\p{L}\p{N}]/u.test(line))) return false;
  // Both in the direction of the past edit: the other way round a difference may pair other words.
  return isWithin(changesOf(hunk.lines, hunk.old), changesOf(past.removed, past.added));
}

/** Only deletes, and of nothing but what the latest edit added: lines of brackets too, which stand everywhere else as well. */
function takesAway({ start, end, lines }: Candidate, { newStart, added }: HistoryHunk): boolean {
  return lines.length === 0 && start >= newStart && end <= newStart + added.length;
}

/** The latest edit removed lines, and these come again near the place. */
function bringsBack({ start, old, lines }: Candidate, { newStart, removed }: HistoryHunk): boolean {
  const added = lines.filter((line) => line.trim() !== "" && !old.includes(line));
  if (added.length === 0 || Math.abs(start - newStart) > nearLines) return false;
  return added.every((line) => removed.includes(line));
}

interface WordChanges {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

function changesOf(old: readonly string[], now: readonly string[]): WordChanges {
  const before = old.join("\n");
  const edits = wordDiff(before, now.join("\n"));
  const words = (text: string): readonly string[] => wordsOf(text).filter((word) => word.trim() !== "");
  return {
    removed: edits.flatMap(({ start, end }) => words(before.slice(start, end))),
    added: edits.flatMap(({ text }) => words(text)),
  };
}

/** Whether all words that go and come are among those of `whole`. */
function isWithin(part: WordChanges, whole: WordChanges): boolean {
  if (part.removed.length === 0 && part.added.length === 0) return false;
  return isSubset(part.removed, whole.removed) && isSubset(part.added, whole.added);
}

function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const left = [...whole];
  return part.every((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
