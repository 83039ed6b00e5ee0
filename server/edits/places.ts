// Where else a change is due, found without asking anybody: lines on which a word still stands that the last edits have
// replaced, calls of what got another parameter list, lines like the one that got a neighbour, and lines that the editor
// reports an error on.

import type { DocumentText } from "../../shared/documents.ts";
import type { EditDiagnostic } from "../../shared/edits.ts";
import type { HistoryHunk } from "./history/hunks.ts";
import { holdsWord, isKeyword, isName, wordStarts } from "./memory/names.ts";
import { wordDiff, wordsOf } from "./memory/words.ts";
import { substitutionsIn } from "./repeat/substitution.ts";
import { type LineRange, linesAround, type Place, reachBelow } from "./window.ts";

const maxHunks = 5;
const maxWords = 8;

export interface PlaceSources {
  readonly text: DocumentText;
  readonly cursor: Place;
  /** Newest first. */
  readonly recent: readonly HistoryHunk[];
  readonly diagnostics: readonly EditDiagnostic[];
}

/** The nearest first, each at the first character of its line that is no white space; with the last one that one window can hold. */
export function placesFor({ text, cursor, recent, diagnostics }: PlaceSources): readonly Place[] {
  const { first, lines } = linesAround(text, cursor.line);
  const last = recent.slice(0, maxHunks);
  const words = leftWords(last).slice(0, maxWords);
  const called = [...new Set(last.flatMap(calledNames))].slice(0, maxWords);
  const changed = new Set(recent.flatMap(({ added }) => added));
  const siblings = last.flatMap((hunk) => siblingOf(hunk, text) ?? []);
  const byWord = lines.flatMap((line, index) => {
    if (changed.has(line)) return [];
    const isLeft = words.some((word) => holdsWord(line, word)) || called.some((name) => isCalled(line, name));
    const lacksSibling = siblings.some(
      ({ like, name }) =>
        isEntryOf(line, like) && [line, lines[index - 1], lines[index + 1]].every((one = "") => !holdsWord(one, name)),
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
  return [...new Set(words)];
}

/** Whole words of `before` that the difference touches. */
function wordDiffWords(before: string, after: string): readonly string[] {
  const now = new Set(wordsOf(after));
  return wordsOf(before).filter((word) => isName(word) && !now.has(word));
}

/** Names whose parentheses have got another number of parts inside. */
export function calledNames(hunk: HistoryHunk): readonly string[] {
  const { removed, added } = hunk;
  if (removed.length === 0 || added.length === 0 || substitutionsIn(hunk).length > 0) return [];
  const before = removed.join("\n");
  return wordDiff(before, added.join("\n")).flatMap(({ start, end, text }) => {
    const gone = before.slice(start, end);
    const [, name, list = ""] = calledBefore.exec(before.slice(0, start)) ?? [];
    if (name === undefined || isKeyword(name)) return [];
    const isAlone = list.trim() === "" && before.slice(end).trimStart().startsWith(")");
    const hasPart = (part: string): boolean => part.includes(",") || (isAlone && part.trim() !== "");
    return hasPart(gone) === hasPart(text) ? [] : [name];
  });
}

const calledBefore = /(?<![\p{L}\p{N}_$])([\p{L}_$][\p{L}\p{N}_$]*)\s*\(([^()]*)$/u;

export interface Sibling {
  readonly like: string;
  readonly name: string;
}

/** A line that was added beside one that says the same of another name, such as the next field of a class. */
export function siblingOf({ removed, added, newStart }: HistoryHunk, text: DocumentText): Sibling | undefined {
  const isBlank = (one: string): boolean => one.trim() === "";
  const [line = "", ...more] = added.filter((one) => !isBlank(one));
  // Whoever opens a line and then writes on it replaces a blank one.
  if (!removed.every(isBlank) || more.length > 0 || line === "") return undefined;
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

/** One entry of a list of like ones: an assignment to this name, its declaration, a line of an object. */
function isEntryOf(line: string, name: string): boolean {
  if (/[(){}]/.test(line)) return false;
  const end = line.search(/[=:,]/);
  return end >= 0 && namesIn(line.slice(0, end)).at(-1) === name;
}

function isCalled(line: string, name: string): boolean {
  return wordStarts(line, name).some((start) => line.startsWith("(", start + name.length));
}
