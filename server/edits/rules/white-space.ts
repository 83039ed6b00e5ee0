// A change of white space alone is dropped, unless the person is at just that; one of blank lines alone is dropped always.

import type { EditRule } from "./rule.ts";

export const whiteSpace: EditRule = {
  name: "white-space",
  apply(hunk, { recent }) {
    if (!isWhiteSpaceOnly(hunk.old, hunk.lines)) return hunk;
    if ([...hunk.old, ...hunk.lines].every((line) => line.trim() === "")) return undefined;
    const [last] = recent;
    return last && isWhiteSpaceOnly(last.removed, last.added) ? hunk : undefined;
  },
};

function isWhiteSpaceOnly(old: readonly string[], now: readonly string[]): boolean {
  const bare = (lines: readonly string[]): string => lines.join("").replaceAll(/\s/g, "");
  return bare(old) === bare(now);
}
