// Tabs or spaces: an answer is indented as its document is.

import type { Indentation } from "../../../shared/completion.ts";
import { columnsOf, isBlank, leadingWhiteSpace } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

// A tab is part of the syntax there.
const tabLanguages: ReadonlySet<string> = new Set(["makefile", "tsv"]);

/** Rewrites the white space at the start of each line, except where the answer goes on in the middle of one. */
export const documentIndentation: Rule = (draft, { indentation, languageId, lineBefore }) => {
  if (!indentation || tabLanguages.has(languageId)) return draft;
  const lines = draft.text.split("\n").map((line, index) => {
    return index === 0 && !isBlank(lineBefore) ? line : indented(line, indentation);
  });
  return { ...draft, text: lines.join("\n") };
};

function indented(line: string, { tabSize, insertSpaces }: Indentation): string {
  const whiteSpace = leadingWhiteSpace(line);
  if (insertSpaces ? !whiteSpace.includes("\t") : !whiteSpace.includes(" ")) return line;
  const columns = columnsOf(whiteSpace, tabSize);
  const width = insertSpaces ? " ".repeat(columns) : "\t".repeat(columns / tabSize) + " ".repeat(columns % tabSize);
  return width + line.slice(whiteSpace.length);
}
