// The latest edits that a prompt shows: as many as the budget allows, the newest of all first to be taken.

import { hunksOf, type HistoryHunk } from "../history/hunks.ts";
import type { HistoryEntry } from "../history/recorder.ts";
import type { RecentEdit } from "./inputs.ts";
import type { SafeTexts } from "./safe-text.ts";
import { diffOf } from "./sections.ts";

const maxEdits = 25;
const maxTokens = 1_000;

export interface EditWords {
  /** Oldest first. */
  of(
    entries: readonly HistoryEntry[],
    pathOf: (entry: HistoryEntry) => string,
    texts: SafeTexts,
  ): readonly RecentEdit[];
  hunks(entry: HistoryEntry): readonly HistoryHunk[];
  /** Whether there is anything to tell of. */
  isAny(entries: readonly HistoryEntry[]): boolean;
}

/** Each entry is compared once; one that grows is another object. */
export function createEditWords(): EditWords {
  const known = new WeakMap<HistoryEntry, readonly HistoryHunk[]>();
  const hunks = (entry: HistoryEntry): readonly HistoryHunk[] => {
    const found = known.get(entry) ?? hunksOf(entry);
    known.set(entry, found);
    return found;
  };
  return {
    hunks,
    isAny: (entries) => entries.some((entry) => entry.isByHand && hunks(entry).length > 0),
    of(entries, pathOf, texts) {
      const shown: RecentEdit[] = [];
      let left = maxTokens;
      for (const entry of entries.slice(-maxEdits).reverse()) {
        if (!entry.isByHand) continue;
        const edit = { path: pathOf(entry), hunks: safeHunks(hunks(entry), entry, texts) };
        if (edit.hunks.length === 0) continue;
        left -= tokensIn(diffOf(edit));
        if (left < 0) break;
        shown.push(edit);
      }
      return shown.reverse();
    },
  };
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}

/** The same hunks, with lines as they may be shown. */
function safeHunks(
  hunks: readonly HistoryHunk[],
  { before, after }: HistoryEntry,
  texts: SafeTexts,
): readonly HistoryHunk[] {
  return hunks.map(({ oldStart, newStart, removed, added }) => ({
    oldStart,
    newStart,
    removed: texts.of(before).lines(oldStart, oldStart + removed.length),
    added: texts.of(after).lines(newStart, newStart + added.length),
  }));
}
