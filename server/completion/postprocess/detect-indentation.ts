// How a text is indented: the lines around the cursor tell first, then the document, then the editor.

import type { Indentation } from "../../../shared/completion.ts";
import type { Language } from "../../../shared/languages.ts";
import { isBlank, leadingWhiteSpace } from "../text/white-space.ts";

export interface IndentationStyle extends Indentation {
  /** Tabs of eight columns take the place of eight blanks and of nothing else, as in GNU's style. */
  readonly isMixed: boolean;
}

const usualTabSize = 4;
const widestLevel = 8;
const widestSpaces = " ".repeat(widestLevel);
const linesAround = 10;

/** `above` ends with the cursor's line. Undefined: an answer keeps its own. */
export function styleOf(
  language: Language,
  above: readonly string[],
  below: readonly string[],
  said: Indentation | undefined,
): IndentationStyle | undefined {
  // A tab is part of the syntax in some languages, and of here-documents in shells.
  if (language.isTabSyntax) return undefined;
  if (language.id === "shellscript" && above.some((line) => line.includes("<<-"))) return undefined;
  if (isMixed(above, below)) return { tabSize: widestLevel, insertSpaces: false, isMixed: true };
  const seen = readIndentation(above) ?? readIndentation(below);
  const near = nearest(above);
  const insertSpaces = near ?? seen?.insertSpaces ?? said?.insertSpaces;
  if (insertSpaces === undefined) return undefined;
  const from = [said, seen].find((one) => one?.insertSpaces === insertSpaces) ?? said ?? seen;
  return { tabSize: Math.max(1, from?.tabSize ?? usualTabSize), insertSpaces, isMixed: false };
}

/** Whether the line next to the cursor that is indented is so by spaces. */
function nearest(above: readonly string[]): boolean | undefined {
  for (let at = above.length - 1; at >= Math.max(0, above.length - linesAround); at -= 1) {
    const line = above[at] ?? "";
    const whiteSpace = leadingWhiteSpace(line);
    const isCursorLine = at === above.length - 1;
    if ((isBlank(line) && !isCursorLine) || whiteSpace === "") continue;
    if (whiteSpace.startsWith("\t")) return false;
    // One space is the margin of a block comment.
    if (whiteSpace.length > 1) return true;
  }
  return undefined;
}

function isMixed(...parts: readonly (readonly string[])[]): boolean {
  let tabs = 0;
  let spaces = 0;
  for (const lines of parts) {
    for (const line of lines) {
      const whiteSpace = leadingWhiteSpace(line);
      if (whiteSpace === "" || isBlank(line)) continue;
      if (whiteSpace.startsWith(widestSpaces)) return false;
      if (whiteSpace.startsWith("\t")) tabs += 1;
      else if (whiteSpace.length > 1 && !whiteSpace.includes("\t")) spaces += 1;
    }
  }
  return tabs > 0 && spaces > 1 && spaces * 4 >= tabs;
}

/** By most of its lines; undefined when none is indented. Of blank ones only the last counts: the cursor may be on it. */
function readIndentation(lines: readonly string[]): Indentation | undefined {
  let tabs = 0;
  let spaces = 0;
  let narrowest = Number.POSITIVE_INFINITY;
  for (const [index, line] of lines.entries()) {
    if (isBlank(line) && index < lines.length - 1) continue;
    const whiteSpace = leadingWhiteSpace(line);
    if (whiteSpace.startsWith("\t")) tabs += 1;
    else if (whiteSpace.length > 1) {
      spaces += 1;
      narrowest = Math.min(narrowest, whiteSpace.length);
    }
  }
  if (tabs === 0 && spaces === 0) return undefined;
  if (tabs >= spaces) return { tabSize: usualTabSize, insertSpaces: false };
  return { tabSize: narrowest > widestLevel ? usualTabSize : narrowest, insertSpaces: true };
}
