// Whether what is being typed plainly goes on, so that a pause is one to think: what a model says of half a line is thrown
// away with the next key.

import type { DocumentText } from "../../shared/documents.ts";
import type { HistoryHunk } from "./history/hunks.ts";
import { isWordUnit } from "./memory/names.ts";
import { wordsOf } from "./memory/words.ts";
import type { Place } from "./window.ts";

/** Above and below the cursor. */
const searchedLines = 150;
const fewestUnits = 2;

/** `hunks`: of the change that is being made. `isNewName`: it puts a name in the place of another. */
export function isUnfinished(
  text: DocumentText,
  { line, character }: Place,
  hunks: readonly HistoryHunk[],
  isNewName: boolean,
): boolean {
  const [own = ""] = text.lines(line, line + 1);
  const before = own.slice(0, character);
  if (/[\s([{,=+\-*/&|<>.:?!"'`]$/.test(before)) return true;
  if (hunks.some(({ removed, added }) => depthOf(removed) !== depthOf(added))) return true;
  return !isNewName && isBeginningOfWord(text, line, before, own.slice(character));
}

/** How many brackets are open at the end; less than none where some are closed that others opened. */
function depthOf(lines: readonly string[]): number {
  let depth = 0;
  for (const line of lines) {
    for (const unit of line) {
      if ("([{".includes(unit)) depth += 1;
      else if (")]}".includes(unit)) depth -= 1;
    }
  }
  return depth;
}

/** The word before the cursor stands nowhere else, and one that it may become does. */
function isBeginningOfWord(text: DocumentText, line: number, before: string, after: string): boolean {
  const word = wordsOf(before).at(-1) ?? "";
  if (word.length < fewestUnits || !isWordUnit(word.charAt(0)) || isWordUnit(after.charAt(0))) return false;
  const around = text.lines(Math.max(0, line - searchedLines), line + searchedLines).join("\n");
  let times = 0;
  let isBeginning = false;
  for (let at = around.indexOf(word); at >= 0; at = around.indexOf(word, at + word.length)) {
    if (isWordUnit(around.charAt(at - 1))) continue;
    if (isWordUnit(around.charAt(at + word.length))) isBeginning = true;
    else times += 1;
  }
  return isBeginning && times <= 1;
}
