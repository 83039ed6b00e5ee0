// Where else a change is due, found without asking anybody: lines on which a word still stands that the last edits have
// replaced, calls of what got another parameter list, lines like the one that got a neighbour, and lines that the editor
// reports an error on.

import type { DocumentText } from "../../shared/documents.ts";
import type { EditDiagnostic } from "../../shared/edits.ts";
import type { HistoryHunk } from "./history/hunks.ts";
import { wordDiff, wordsOf } from "./memory/words.ts";
import { type LineRange, type Place, reachBelow } from "./window.ts";

const maxHunks = 5;
const maxWords = 8;
/** Above and below the cursor. */
const searchedLines = 300;

export interface PlaceSources {
  readonly text: DocumentText;
  readonly cursor: Place;
  /** Newest first. */
  readonly recent: readonly HistoryHunk[];
  readonly diagnostics: readonly EditDiagnostic[];
}

/** The nearest first, each at the first character of its line that is no white space; with the last one that one window can hold. */
export function placesFor({ text, cursor, recent, diagnostics }: PlaceSources): readonly Place[] {
  const first = Math.max(0, cursor.line - searchedLines);
  const lines = text.lines(first, cursor.line + searchedLines);
  const words = leftWords(recent.slice(0, maxHunks)).slice(0, maxWords);
  const changed = recent.slice(0, maxHunks).flatMap(({ added }) => added);
  const siblings = recent.slice(0, maxHunks).flatMap((hunk) => siblingOf(hunk, text) ?? []);
  const byWord = lines.flatMap((line, index) => {
    if (changed.includes(line)) return [];
    const isLeft = words.some((word) => holdsWord(line, word));
    const lacksSibling = siblings.some(
      ({ like, name }) =>
        isStatementAbout(line, like) &&
        [line, lines[index - 1], lines[index + 1]].every((one = "") => !holdsWord(one, name)),
    );
    return isLeft || lacksSibling ? [first + index] : [];
  });
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(({ startLine }) => startLine);
  const nearest = (found: readonly number[]): readonly number[] =>
    [...found].sort((one, other) => Math.abs(one - cursor.line) - Math.abs(other - cursor.line));
  const found = [...new Set([...nearest(byWord), ...nearest(errors)])].filter((line) => line < text.lineCount);
  return found.map((line) => ({
    line,
    character: (text.lines(line, line + 1)[0] ?? "").search(/\S|$/),
    lastLine: Math.max(...found.filter((other) => other >= line && other <= line + reachBelow)),
  }));
}

export function isInside({ line }: Pick<Place, "line">, ranges: readonly LineRange[]): boolean {
  return ranges.some(({ start, end }) => line >= start && line < end);
}

function leftWords(hunks: readonly HistoryHunk[]): readonly string[] {
  const added = new Set(hunks.flatMap((hunk) => hunk.added.flatMap(wordsOf)));
  const words = hunks.flatMap(({ removed, added: now }) => {
    // What was deleted without anything in its place is just gone.
    if (removed.length === 0 || now.length === 0) return [];
    const before = removed.join("\n");
    return wordDiffWords(before, now.join("\n")).filter((word) => !added.has(word));
  });
  return [...new Set([...words, ...hunks.flatMap(calledNames)])];
}

/** Whole words of `before` that the difference touches. */
function wordDiffWords(before: string, after: string): readonly string[] {
  const now = new Set(wordsOf(after));
  return wordsOf(before).filter((word) => isName(word) && !now.has(word));
}

/** Names whose parentheses were changed inside. */
function calledNames({ removed, added }: HistoryHunk): readonly string[] {
  if (removed.length === 0 || added.length === 0) return [];
  const before = removed.join("\n");
  return wordDiff(before, added.join("\n")).flatMap(({ start }) => {
    const name = /(?<![\p{L}\p{N}_$])([\p{L}_$][\p{L}\p{N}_$]*)\s*\([^()]*$/u.exec(before.slice(0, start))?.[1];
    return name === undefined || isKeyword(name) ? [] : [name];
  });
}

interface Sibling {
  readonly like: string;
  readonly name: string;
}

/** A line that was added beside one that says the same of another name, such as the next field of a class. */
function siblingOf({ removed, added, newStart }: HistoryHunk, text: DocumentText): Sibling | undefined {
  const [line = "", ...more] = added.filter((one) => one.trim() !== "");
  if (removed.length > 0 || more.length > 0 || line === "") return undefined;
  const around = text.lines(Math.max(0, newStart - 1), newStart + added.length + 1);
  for (const beside of around) {
    const [like, name] = [namesIn(beside), namesIn(line)];
    const differing = like.flatMap((one, index) => (one === name[index] ? [] : [[one, name[index] ?? ""] as const]));
    const [pair] = differing;
    const isOne = pair !== undefined && differing.every(([from, to]) => from === pair[0] && to === pair[1]);
    if (isOne && like.length === name.length && pair[1] !== "") return { like: pair[0], name: pair[1] };
  }
  return undefined;
}

function namesIn(line: string): readonly string[] {
  return wordsOf(line).filter(isName);
}

/** One entry of a list of like ones: an assignment, a declaration, a line of an object. */
function isStatementAbout(line: string, name: string): boolean {
  return !/[(){}]/.test(line) && /[=:,]/.test(line) && holdsWord(line, name);
}

function holdsWord(line: string, word: string): boolean {
  let from = line.indexOf(word);
  while (from >= 0) {
    const isWhole =
      !/[\p{L}\p{N}_$]/u.test(line.charAt(from - 1)) && !/[\p{L}\p{N}_$]/u.test(line.charAt(from + word.length));
    if (isWhole) return true;
    from = line.indexOf(word, from + 1);
  }
  return false;
}

function isName(word: string): boolean {
  return /^[\p{L}_$]/u.test(word) && !isKeyword(word);
}

// Words of control flow and declarations that many languages share: they stand everywhere and lead nowhere.
const keywords = new Set(
  "if else for while do switch case return break continue function def fn func class struct interface type enum const let var new in of and or not is null nil none true false this self import from export public private static void int string number boolean async await try catch finally throw with as".split(
    " ",
  ),
);

function isKeyword(word: string): boolean {
  return keywords.has(word.toLowerCase());
}
