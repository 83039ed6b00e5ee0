// Which lines a name means the same thing in, as far as the layout of a text tells in any language: blocks by their
// indentation, and lines that make a name a new one. Where it is not plain, less is taken for the same.

import { wordsOf } from "../memory/words.ts";
import type { LineRange } from "../window.ts";

/** A name in code: units `[start, end)` of a line. */
export interface NamePlace {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** The lines in which a name that stands at all of `places`, in order, is the same one. */
export function scopeOf(lines: readonly string[], places: readonly NamePlace[]): readonly LineRange[] {
  const first = places[0]?.line ?? 0;
  const last = places.at(-1)?.line ?? 0;
  const block = blockAround(lines, first, last);
  const atTop = places.filter(({ line }) => indentOf(lines[line] ?? "") === block.indent);
  const bodies = atTop.map(({ line }) => bodyOf(lines, line));
  const areParameters =
    atTop.length > 0 && atTop.every((place, index) => isInParentheses(lines, place) && lengthOf(bodies[index]) > 1);
  const holdAll = places.every(({ line }) => bodies.some((body) => isIn(line, body)));
  return areParameters && holdAll ? bodies : [block];
}

/**
 * The lines in which a name is another one than outside of them, because this place makes it so; undefined where it only
 * uses it. `isByAssignment`: a plain assignment makes a name, as in languages that declare none.
 */
export function madeAnewAt(lines: readonly string[], place: NamePlace, isByAssignment: boolean): LineRange | undefined {
  switch (makingOf(lines, place, isByAssignment)) {
    case "block":
      return blockAround(lines, place.line, place.line);
    case "body":
      return bodyOf(lines, place.line);
    case "use":
      return undefined;
  }
}

export function isIn(line: number, { start, end }: LineRange): boolean {
  return line >= start && line < end;
}

export function wordsIn(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}

const declares = wordsIn("const let var val my local auto import using use");
const names = wordsIn("def proc class interface type enum struct trait module namespace function func fn fun sub");
/** Of these, words that a list of parameters may follow at once; elsewhere one that a parenthesis follows is called. */
const nameless = wordsIn("function func fn fun sub");
const inherits = wordsIn(": = extends implements in of");
const controls = wordsIn(
  "if else elif elsif while switch match return with unless until when case assert throw yield await",
);

/** Whether a name is made here, for the block that the line stands in or for the body below it, or is used. */
function makingOf(lines: readonly string[], place: NamePlace, isByAssignment: boolean): "block" | "body" | "use" {
  const text = lines[place.line] ?? "";
  const all = wordsOf(text.slice(0, place.start)).filter((word) => word.trim() !== "");
  const before = all.slice(all.lastIndexOf(";") + 1);
  const after = text.slice(place.end).trimStart();
  const previous = before.at(-1) ?? "";
  const lastOf = (words: ReadonlySet<string>): number =>
    before.findLastIndex((word, at) => words.has(word) && (before[at + 1] !== "(" || nameless.has(word)));
  // A type, a default, what is inherited from or gone through.
  if (inherits.has(previous)) return "use";
  if (before.includes("for")) return before.includes("in") || before.includes("of") ? "use" : "body";
  if (names.has(previous) || /^[\p{L}\p{N}_,\s]*:=/u.test(after)) return "block";
  if (lastOf(declares) > before.lastIndexOf("=")) return "block";
  if (isByAssignment && previous === "" && /^=(?![=>])/.test(after) && openerOf(lines, place.line) !== "(")
    return "block";
  if (before.lastIndexOf("lambda") > before.lastIndexOf(":")) return "body";
  if (controls.has(before.find((word) => word !== "}") ?? "")) return "use";
  if (after.startsWith("=>") || /^\s+->/.test(text.slice(place.end)) || isBetweenBars(before)) return "body";
  if (isBehindBrace(before) && /^[\p{L}\p{N}_,:\s]*(?:->|\bin\b)/u.test(after)) return "body";
  if (lastOf(names) > before.lastIndexOf("=")) return "body";
  if (!all.includes(";") && isInParentheses(lines, place) && isListOfParameters(after)) return "body";
  // A parameter with its type, on a line of its own.
  return previous === "" && /^\??:(?!:)/.test(after) && openerOf(lines, place.line) === "(" ? "block" : "use";
}

/** The parameters of a block in Ruby and Rust. */
function isBetweenBars(before: readonly string[]): boolean {
  const bar = before.lastIndexOf("|");
  return bar >= 0 && ["do", "{", "(", ",", "="].includes(before[bar - 1] ?? "");
}

/** The parameters of a block in Swift and Kotlin: `{ a, b in`, `{ a, b ->`. */
function isBehindBrace(before: readonly string[]): boolean {
  const brace = before.lastIndexOf("{");
  return brace >= 0 && before.slice(brace + 1).every((word) => /^(?:[\p{L}\p{N}_$]+|[,:(])$/u.test(word));
}

/** Whether a body follows the parentheses that are closed in `after`. */
function isListOfParameters(after: string): boolean {
  const close = after.indexOf(")");
  if (close < 0 || after.slice(0, close).includes("(")) return false;
  const behind = after.slice(close + 1).trimStart();
  return /^(?:=>|->|\{|:.*=>)/.test(behind) || (behind.startsWith(":") && /[{>]$/.test(behind.trimEnd()));
}

/** What the line above ends in that a line stands in: an opening bracket, mostly. */
export function openerOf(lines: readonly string[], line: number): string | undefined {
  const above = openerLineOf(lines, line);
  return above === undefined ? undefined : lines[above]?.trimEnd().at(-1);
}

/** The nearest line above that is indented less. */
export function openerLineOf(lines: readonly string[], line: number): number | undefined {
  const indent = indentOf(lines[line] ?? "");
  for (let above = line - 1; above >= 0; above -= 1) {
    const text = lines[above] ?? "";
    if (text.trim() !== "" && indentOf(text) < indent) return above;
  }
  return undefined;
}

/** The line that a statement begins on which goes on with this one: `}, last) {` goes on with what opened it. */
export function headOf(lines: readonly string[], line: number): number {
  const indent = indentOf(lines[line] ?? "");
  let head = line;
  while (head > 0 && (isCloser(lines[head] ?? "") || indentOf(lines[head] ?? "") > indent)) head -= 1;
  return head;
}

/** The brackets of its line that are open before a place, the innermost last. */
export function bracketsBefore(line: string, start: number): readonly string[] {
  const open: string[] = [];
  for (const unit of line.slice(0, start)) {
    if ("([{".includes(unit)) open.push(unit);
    else if (")]}".includes(unit)) open.pop();
  }
  return open;
}

function isInParentheses(lines: readonly string[], { line, start }: NamePlace): boolean {
  return bracketsBefore(lines[line] ?? "", start).includes("(");
}

/** The smallest block of lines that holds these: all below and above that are indented as far. */
export function blockAround(
  lines: readonly string[],
  first: number,
  last: number,
): LineRange & { readonly indent: number } {
  let indent = indentOf(lines[first] ?? "");
  for (let line = first; line <= last; line += 1) {
    const text = lines[line] ?? "";
    if (text.trim() !== "" && !isCloser(text)) indent = Math.min(indent, indentOf(text));
  }
  let start = first;
  while (start > 0 && isWithin(lines[start - 1] ?? "", indent)) start -= 1;
  return { start, end: endOf(lines, last + 1, indent), indent };
}

/** A line and those below it that belong to it. */
export function bodyOf(lines: readonly string[], line: number): LineRange {
  const indent = indentOf(lines[line] ?? "") + 1;
  // The bracket may stand on a line of its own.
  const isOpenedBelow = (lines[line + 1] ?? "").trim() === "{";
  return { start: line, end: endOf(lines, line + (isOpenedBelow ? 2 : 1), indent) };
}

/** The first line below that a block of this indentation does not hold; one such as `} else {` goes on. */
function endOf(lines: readonly string[], from: number, indent: number): number {
  let end = from;
  while (end < lines.length) {
    const text = lines[end] ?? "";
    if (!isWithin(text, indent) && !(isCloser(text) && /(?:[{([:]|=>)$/.test(text.trimEnd()))) break;
    end += 1;
  }
  return end;
}

function isWithin(text: string, indent: number): boolean {
  return text.trim() === "" || indentOf(text) >= indent;
}

function isCloser(text: string): boolean {
  return /^\s*[)\]}]/.test(text);
}

export function indentOf(text: string): number {
  const at = text.search(/\S/);
  return at < 0 ? text.length : at;
}

function lengthOf(range: LineRange | undefined): number {
  return range ? range.end - range.start : 0;
}
