// Changes that do nothing but put one name in another's place.

import type { HistoryHunk } from "../history/hunks.ts";
import { isName } from "../memory/names.ts";
import { wordsOf } from "../memory/words.ts";

export interface Substitution {
  readonly from: string;
  readonly to: string;
}

type Change = Pick<HistoryHunk, "removed" | "added">;

export function keyOf({ from, to }: Substitution): string {
  return `${from} ${to}`;
}

/** The names that gave way to others, each once. Empty where anything else was changed. */
export function replacedIn({ removed, added }: Change): readonly Substitution[] {
  const before = wordsOf(removed.join("\n"));
  const now = wordsOf(added.join("\n"));
  if (before.length !== now.length) return [];
  const replaced = new Map<string, Substitution>();
  for (const [index, from] of before.entries()) {
    const to = now[index] ?? "";
    if (from === to) continue;
    if (!isName(from) || !isName(to)) return [];
    replaced.set(keyOf({ from, to }), { from, to });
  }
  return [...replaced.values()];
}

/** As `replacedIn`, where each name gave way wherever it stood in these lines, and to one other. Empty where not. */
export function substitutionsIn(change: Change): readonly Substitution[] {
  const all = replacedIn(change);
  const kept = all.length === 0 ? [] : wordsOf(change.added.join("\n"));
  const isPlain = ({ from }: Substitution): boolean =>
    !kept.includes(from) && all.filter((other) => other.from === from).length === 1;
  return all.every(isPlain) ? all : [];
}
