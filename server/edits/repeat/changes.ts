// The lines of a text as they are to be once names are replaced, those one below another as one change.

import type { Hunk } from "../answer/hunk.ts";
import { applyEdits, type TextEdit } from "../memory/words.ts";
import type { Substitution } from "./substitution.ts";
import type { NamePlace } from "./scope.ts";

const maxHunkLines = 10;

export interface Replacement {
  readonly substitution: Substitution;
  /** Lines are counted as those that it is made in. */
  readonly places: readonly NamePlace[];
}

/** `lines`: of a text from its line `top` on, in which the places are counted. */
export function changesOf(lines: readonly string[], top: number, all: readonly Replacement[]): readonly Hunk[] {
  const edits = new Map<number, TextEdit[]>();
  for (const { substitution, places } of all) {
    for (const { line, start, end } of places) {
      edits.set(line, [...(edits.get(line) ?? []), { start, end, text: substitution.to }]);
    }
  }
  const hunks: { readonly start: number; end: number; readonly lines: string[] }[] = [];
  for (const [line, parts] of [...edits].toSorted(([one], [other]) => one - other)) {
    const inOrder = parts.toSorted((one, other) => one.start - other.start);
    const now = applyEdits(lines[line] ?? "", inOrder);
    const last = hunks.at(-1);
    if (last?.end === top + line && last.lines.length < maxHunkLines) {
      last.lines.push(now);
      last.end += 1;
    } else hunks.push({ start: top + line, end: top + line + 1, lines: [now] });
  }
  return hunks;
}
