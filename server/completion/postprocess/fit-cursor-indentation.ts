// On a line that is blank left of the cursor the service answers from the line's start, indentation included. What is
// there already is taken off the answer; what is there too much is replaced.

import { columnsOf, isBlank, leadingWhiteSpace } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

const usualTabSize = 4;

export const cursorIndentation: Rule = (draft, { lineBefore, indentation }) => {
  if (lineBefore === "" || !isBlank(lineBefore)) return draft;
  const { text } = draft;
  const wanted = leadingWhiteSpace(text);
  // A line break first: the cursor's line stays blank, as it is.
  if (text[wanted.length] === "\n") return { ...draft, text: text.slice(wanted.length) };
  const rest = text.slice(wanted.length);
  if (wanted.startsWith(lineBefore)) return { ...draft, text: wanted.slice(lineBefore.length) + rest };
  if (lineBefore.startsWith(wanted)) return { ...draft, text: rest, replaceBefore: lineBefore.length - wanted.length };
  // Tabs against spaces: only their columns can be compared.
  const tabSize = indentation?.tabSize ?? usualTabSize;
  if (columnsOf(wanted, tabSize) === columnsOf(lineBefore, tabSize)) return { ...draft, text: rest };
  return { ...draft, replaceBefore: lineBefore.length };
};
