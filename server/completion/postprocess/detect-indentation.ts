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
/** One line of so many is no exception any more. */
const leastShare = 20;

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
  const hasTabs = beginsWithTab(above) || beginsWithTab(below);
  const mixture = hasTabs ? mixtureOf(above, below) : undefined;
  if (mixture === "eight-columns") return { tabSize: widestLevel, insertSpaces: false, isMixed: true };
  if (mixture === "any") return undefined;
  const seen = readIndentation(above) ?? readIndentation(below);
  const near = nearest(above);
  const insertSpaces = near ?? seen?.insertSpaces ?? said?.insertSpaces;
  // Of a tab among many lines with blanks nobody can say that it is a mistake of the answer.
  if (insertSpaces === undefined || (insertSpaces && hasTabs)) return undefined;
  const from = [said, seen].find((one) => one?.insertSpaces === insertSpaces) ?? said ?? seen;
  return { tabSize: Math.max(1, from?.tabSize ?? usualTabSize), insertSpaces, isMixed: false };
}

function beginsWithTab(lines: readonly string[]): boolean {
  return lines.some((line) => line.startsWith("\t") && !isBlank(line));
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

/**
 * `eight-columns`: tabs stand for eight blanks, and blanks only for less. `any`: either may be meant, so that an answer,
 * which was written in sight of the same lines, is left as it is. Undefined: hardly any line differs from the others.
 */
function mixtureOf(...parts: readonly (readonly string[])[]): "eight-columns" | "any" | undefined {
  let tabs = 0;
  let fewSpaces = 0;
  let manySpaces = 0;
  for (const lines of parts) {
    for (const line of lines) {
      const whiteSpace = leadingWhiteSpace(line);
      if (whiteSpace === "" || isBlank(line)) continue;
      if (whiteSpace.startsWith(widestSpaces)) manySpaces += 1;
      else if (whiteSpace.startsWith("\t")) tabs += 1;
      else if (whiteSpace.length > 1 && !whiteSpace.includes("\t")) fewSpaces += 1;
    }
  }
  const spaces = fewSpaces + manySpaces;
  if (spaces < 2 || Math.min(tabs, spaces) * leastShare < tabs + spaces) return undefined;
  return manySpaces === 0 ? "eight-columns" : "any";
}

/** By most of its lines; undefined when none is indented. Of blank ones only the last counts: the cursor may be on it. */
function readIndentation(lines: readonly string[]): Indentation | undefined {
  let tabs = 0;
  let spaces = 0;
  let narrowest = Number.POSITIVE_INFINITY;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (isBlank(line) && at < lines.length - 1) continue;
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
