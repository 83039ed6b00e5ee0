// What a document's history tells of names that were replaced: which, by which, and in how many acts.

import type { HistoryHunk } from "../history/hunks.ts";
import type { HistoryEntry } from "../history/recorder.ts";
import type { EditWords } from "../prompt/recent-edits.ts";
import type { Substitution } from "./substitution.ts";

export interface Evidence extends Substitution {
  /** The changes that it was done in first and last. */
  readonly first: HistoryEntry;
  readonly last: HistoryEntry;
  /** Changes between two questions are one act: many at once are the work of a tool, or of one key in many places. */
  readonly acts: ReadonlySet<number>;
  /** How many changes came after the last of it. */
  readonly age: number;
}

/** What was done in two acts counts. `entries`: of one document, oldest first. `actOf`: the act that a change belongs to. */
export function replacedNames(
  entries: readonly HistoryEntry[],
  words: EditWords,
  substitutionsOf: (hunk: HistoryHunk) => readonly Substitution[],
  actOf: (entry: HistoryEntry) => number,
): readonly Evidence[] {
  const found: Evidence[] = [];
  /** Whoever puts lines in and then adapts them, as with a copy, renames nothing. */
  const inserted = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const age = entries.length - 1 - index;
    for (const hunk of words.hunks(entry)) {
      if (hunk.removed.length === 0) for (const line of hunk.added) inserted.add(line);
      if (hunk.removed.some((line) => inserted.has(line))) continue;
      for (const { from, to } of substitutionsOf(hunk)) {
        const at = found.findIndex((one) => one.from === from && one.to === to);
        const { first, acts } = found[at] ?? { first: entry, acts: new Set<number>() };
        found.splice(at < 0 ? found.length : at, 1, {
          from,
          to,
          first,
          last: entry,
          acts: new Set([...acts, actOf(entry)]),
          age,
        });
      }
    }
  }
  // A name that gave way to two others, or whose new one gave way again, is no plain matter.
  return found.filter(({ from, to }) =>
    found.every((other) => other.from !== to && (other.from !== from || other.to === to)),
  );
}
