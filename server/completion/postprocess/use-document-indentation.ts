// Tabs or spaces: an answer is indented as its document is.

import { columnsOf, isBlank, leadingWhiteSpace } from "../text/white-space.ts";
import type { IndentationStyle } from "./detect-indentation.ts";
import type { Rule } from "./rule.ts";

/** Rewrites the white space at the start of each line, except where the answer goes on in the middle of one. */
export const useDocumentIndentation: Rule = (candidate, { indentation, lineBefore }) => {
  if (!indentation) return candidate;
  const lines = candidate.text.split("\n").map((line, index) => {
    return index === 0 && !isBlank(lineBefore) ? line : indented(line, indentation);
  });
  return { ...candidate, text: lines.join("\n") };
};

function indented(line: string, { tabSize, insertSpaces, isMixed }: IndentationStyle): string {
  const whiteSpace = leadingWhiteSpace(line);
  if (insertSpaces ? !whiteSpace.includes("\t") : !whiteSpace.startsWith(" ")) return line;
  if (isMixed && whiteSpace.length < tabSize) return line;
  const columns = columnsOf(whiteSpace, tabSize);
  const width = insertSpaces ? " ".repeat(columns) : "\t".repeat(columns / tabSize) + " ".repeat(columns % tabSize);
  return width + line.slice(whiteSpace.length);
}
