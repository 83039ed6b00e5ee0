// Away from the cursor is only changed what follows from the person's changes, or what the editor reports an error on. A name
// that gives way to another there, though neither of them has to do with these, is the model's mistake or its own idea.

import { lineDiff } from "../history/line-diff.ts";
import { isName } from "../memory/names.ts";
import { wordsOf } from "../memory/words.ts";
import type { EditRule } from "./rule.ts";

export const unrelated: EditRule = {
  name: "unrelated",
  apply(hunk, { elsewhere }) {
    const exchanged = elsewhere ? exchangedNames(hunk.old, hunk.lines) : [];
    if (!elsewhere || exchanged.length === 0) return hunk;
    const related = new Set([
      ...elsewhere.recent.flatMap(({ removed, added }) => changedWords(removed, added)),
      ...elsewhere.diagnostics.flatMap(({ message }) => wordsOf(message)),
    ]);
    return exchanged.every((names) => names.some((name) => related.has(name))) ? hunk : undefined;
  },
};

/** Names that gave way to others, whatever else was changed beside them. */
function exchangedNames(old: readonly string[], now: readonly string[]): readonly (readonly [string, string])[] {
  const [before, after] = [wordsOf(old.join("\n")), wordsOf(now.join("\n"))];
  return lineDiff(before, after)
    .filter(({ start, end, newStart, newEnd }) => end - start === newEnd - newStart)
    .flatMap(({ start, end, newStart }) =>
      before.slice(start, end).map((from, index) => [from, after[newStart + index] ?? ""] as const),
    )
    .filter(([from, to]) => isName(from) && isName(to));
}

/** Words that lines had and have not any more, or have and had not. */
function changedWords(removed: readonly string[], added: readonly string[]): readonly string[] {
  const [before, after] = [new Set(removed.flatMap(wordsOf)), new Set(added.flatMap(wordsOf))];
  return [...before].filter((word) => !after.has(word)).concat([...after].filter((word) => !before.has(word)));
}
