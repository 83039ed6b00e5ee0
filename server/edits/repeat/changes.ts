// The lines of a text as they are to be once names are replaced, those one below another as one change.

import type { Language } from "../../../shared/languages.ts";
import type { Hunk } from "../answer/hunk.ts";
import { applyEdits, type TextEdit } from "../memory/words.ts";
import type { Substitution } from "./substitution.ts";
import { placesLeft } from "./word-places.ts";

const maxHunkLines = 10;

/** `lines`: of a text from its line `top` on. `isKept`: lines that stay as they are. */
export function changesOf(
  lines: readonly string[],
  top: number,
  language: Language,
  all: readonly Substitution[],
  isKept: (line: string) => boolean,
): readonly Hunk[] {
  const edits = new Map<number, TextEdit[]>();
  for (const substitution of all) {
    for (const { line, start, end } of placesLeft(lines, language, substitution)) {
      if (isKept(lines[line] ?? "")) continue;
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
