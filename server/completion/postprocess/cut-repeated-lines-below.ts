// The end of an answer that repeats the lines below the cursor, such as the closing brackets of the block it is in.

import { isBlank } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

/** Cuts it off. The very last line may have got only as far as the start of the line that it repeats. */
export const linesBelow: Rule = (draft, scene) => {
  const lines = draft.text.split("\n");
  const below = scene.linesBelow.filter((line) => !isBlank(line));
  // The first line goes on in the cursor's own and repeats nothing below it.
  for (let start = 1; start < lines.length; start += 1) {
    const tail = lines.slice(start).filter((line) => !isBlank(line));
    if (tail.length > 0 && isStartOf(tail, below))
      return { ...draft, text: lines.slice(0, start).join("\n").trimEnd() };
  }
  return draft;
};

function isStartOf(tail: readonly string[], below: readonly string[]): boolean {
  return tail.every((line, index) => {
    const other = below[index];
    if (other === undefined) return false;
    return index === tail.length - 1 ? other.startsWith(line) : other.trimEnd() === line.trimEnd();
  });
}
