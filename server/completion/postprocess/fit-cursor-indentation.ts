// On a line that is blank left of the cursor the service answers from the line's start, indentation included. What is
// there already is taken off the answer; what is there too much is replaced.

import { columnsOf, leadingWhiteSpace } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

const usualTabSize = 4;

export const fitCursorIndentation: Rule = (candidate, { lineBefore, indentation }) => {
  if (!/^[ \t]+$/.test(lineBefore)) return candidate;
  const { text } = candidate;
  const wanted = leadingWhiteSpace(text);
  // A line break first: the cursor's line stays blank, as it is.
  if (text[wanted.length] === "\n") return { ...candidate, text: text.slice(wanted.length) };
  const rest = text.slice(wanted.length);
  if (wanted.startsWith(lineBefore)) return { ...candidate, text: wanted.slice(lineBefore.length) + rest };
  if (lineBefore.startsWith(wanted))
    return { ...candidate, text: rest, replaceBefore: lineBefore.length - wanted.length };
  // Tabs against spaces: only their columns can be compared.
  const tabSize = indentation?.tabSize ?? usualTabSize;
  if (columnsOf(wanted, tabSize) === columnsOf(lineBefore, tabSize)) return { ...candidate, text: rest };
  return { ...candidate, replaceBefore: lineBefore.length };
};
