// What stands right of the cursor and is in the answer again is replaced, so that it is never doubled. Of closing brackets
// and quotes, each belongs to what it closes: those are replaced whose opening one the answer closes itself.

import { isCharacterBoundary } from "../text/characters.ts";
import { isBlank, leadingWhiteSpace } from "../text/white-space.ts";
import type { CursorContext } from "./cursor-context.ts";
import type { Candidate, Rule } from "./rule.ts";
import { type Frame, openBrackets, type Scan, scan } from "./scan.ts";

interface Closer {
  readonly text: string;
  /** Where it ends in the rest of the line. */
  readonly end: number;
  /** Index of the frame that it closes. */
  readonly frame: number;
}

// What an editor pairs is closed from the inside out; a few may be left open in between.
const mostSkipped = 3;
const longestOverlap = 400;

export const replaceRestOfLine: Rule = (candidate, context) => {
  if (isBlank(context.lineAfter)) return candidate;
  const rest = context.lineAfter.trimEnd();
  return { ...candidate, replaceAfter: coveredLength(candidate.text, rest, context) };
};

function coveredLength(text: string, rest: string, context: CursorContext): number {
  const stack = context.stack();
  const answer = context.scanAnswer(text);
  const paired = closersIn(rest, stack);
  const closers = closersIn(rest, stack, unpairedOf(paired, context));
  const tail = rest.slice(closers.at(-1)?.end ?? 0).trimStart();
  const isMark = /^[:{;,]$/.test(tail);
  const keptFrom = keptCloser(closers, answer);
  if (keptFrom < closers.length) {
    const isOpen = answer.stack.length > answer.floor || /[([{,=+&|?]$/.test(text.slice(0, answer.codeEnd));
    const goesOn =
      (isOpen && goesOnBelow(context)) || closers.slice(keptFrom).every((one) => isClosedBelow(one, context));
    if (goesOn && (tail === "" || tail === ";")) return rest.length;
  } else if (isMark && (coversMark(text, tail, answer) || isWritten(tail, text, context))) return rest.length;
  const covered = heldLength(text, closers.slice(0, keptFrom));
  if (tail === "" || isMark) return covered;
  return Math.max(covered, overlap(text, rest, answer, context));
}

/**
 * How many of the innermost brackets of each kind have no closing one right of the cursor, nor in the lines below: the
 * answer is to close them.
 */
function unpairedOf(closers: readonly Closer[], context: CursorContext): ReadonlyMap<string, number> {
  const unpaired = new Map<string, number>();
  // Brackets within texts may stay open.
  const open = context.stack().filter(({ kind, close }) => kind !== "soft" || close === ">");
  for (const { close } of context
    .stack()
    .slice(context.openedAbove())
    .filter((frame) => open.includes(frame))) {
    unpaired.set(close, (unpaired.get(close) ?? 0) + 1);
  }
  for (const { text } of closers) unpaired.set(text, (unpaired.get(text) ?? 0) - 1);
  if (![...unpaired.values()].some((count) => count > 0)) return new Map();
  const missing = open.length - closers.length - context.closedBelow();
  return new Map([...unpaired].map(([close, count]) => [close, Math.min(count, missing)]));
}

/** The closing ones that `rest` begins with. `unpaired`: how many open ones of each kind they are not for. */
function closersIn(
  rest: string,
  stack: readonly Frame[],
  unpaired: ReadonlyMap<string, number> = new Map(),
): readonly Closer[] {
  const found: Closer[] = [];
  const passed = new Map<string, number>();
  /** Counts the frame as one that has no closing one, as long as there are such. */
  const passes = (close: string): boolean => {
    const count = passed.get(close) ?? 0;
    passed.set(close, count + 1);
    return count < (unpaired.get(close) ?? 0);
  };
  let frame = stack.length;
  for (let at = 0; at < rest.length; ) {
    if (isBlank(rest[at] ?? "")) {
      at += 1;
      continue;
    }
    let skipped = 0;
    let next = frame - 1;
    for (; next >= 0 && skipped <= mostSkipped; next -= 1) {
      const { kind, close } = stack[next] ?? {};
      if (isClosedAt(stack[next], rest, at) && !passes(close ?? "")) break;
      if (!isClosedAt(stack[next], rest, at)) passes(close ?? "");
      if (kind !== "soft") skipped += 1;
    }
    const close = stack[next]?.close;
    if (next < 0 || skipped > mostSkipped || close === undefined) break;
    at += close.length;
    frame = next;
    found.push({ text: close, end: at, frame });
  }
  return found;
}

function isClosedAt(frame: Frame | undefined, rest: string, at: number): boolean {
  return frame !== undefined && frame.close !== "\n" && rest.startsWith(frame.close, at);
}

/** As far as the answer holds them: one that it only leaves behind, as a bracket in a string that it ends, stays. */
function heldLength(text: string, closers: readonly Closer[]): number {
  let at = 0;
  let length = 0;
  for (const closer of closers) {
    const found = text.indexOf(closer.text, at);
    if (found < 0) return length;
    at = found + closer.text.length;
    length = closer.end;
  }
  return length;
}

/** The first closing one that is still needed: by what was open before the answer, or by what the answer opened last. */
function keptCloser(closers: readonly Closer[], { stack, floor }: Scan): number {
  const needed = closers.findIndex(({ frame }) => frame < floor);
  const from = needed < 0 ? closers.length : needed;
  const opened = stack.slice(floor).reverse();
  const start = from - opened.length;
  const closesThem = start >= 0 && opened.every(({ close }, index) => closers[start + index]?.text === close);
  return closesThem ? start : from;
}

/** A colon or a brace belongs to the line that it ends, a comma or a semicolon to the end of the answer. */
function coversMark(text: string, mark: string, answer: Scan): boolean {
  const line = text.slice(answer.closedAt, answer.lineEnd);
  if (mark === ":" || mark === "{") return line.endsWith(mark);
  const end = text.slice(answer.closedAt, Math.max(answer.closedAt, answer.codeEnd));
  if (end.endsWith(mark)) return true;
  const isLeftOpen = openBrackets(answer.stack.slice(answer.floor)) > 0;
  return line.endsWith(mark) && (isLeftOpen || (mark === ";" && end.endsWith("}")));
}

/** A colon that the person has written already, and the answer goes on behind it with a comment or a line below. */
function isWritten(mark: string, text: string, { lineBefore, scanAnswer, stack }: CursorContext): boolean {
  if (mark !== ":" || stack().some(({ kind }) => kind === "string" || kind === "comment")) return false;
  return lineBefore.trimEnd().endsWith(mark) && scanAnswer(text.split("\n", 1)[0] ?? "").codeEnd === 0;
}

/** The lines that go on with the cursor's close this one: it stood there before the editor closed it again. */
function isClosedBelow({ text, frame }: Closer, context: CursorContext): boolean {
  const { language, lineBefore, linesBelow } = context;
  const open = context.stack()[frame];
  if (open?.kind !== "bracket") return false;
  const own = leadingWhiteSpace(lineBefore);
  const isDeeper = (line: string): boolean => isBlank(line) || leadingWhiteSpace(line).length > own.length;
  const end = linesBelow.findIndex((line) => !isDeeper(line));
  const last = end < 0 ? undefined : linesBelow[end];
  const closing = last !== undefined && leadingWhiteSpace(last) === own && last.slice(own.length).startsWith(text);
  const lines = linesBelow.slice(0, end < 0 ? undefined : end + (closing ? 1 : 0));
  return scan(`\n${lines.join("\n")}`, language, [open]).floor === 0;
}

/** Whether the lines below already continue what the answer leaves open. */
function goesOnBelow({ lineBefore, linesBelow }: CursorContext): boolean {
  const next = linesBelow.find((line) => !isBlank(line));
  if (next === undefined) return false;
  const own = leadingWhiteSpace(lineBefore);
  const indentation = leadingWhiteSpace(next);
  if (indentation.length > own.length) return indentation.startsWith(own);
  return indentation === own && /^[)\]}]/.test(next.trimStart());
}

// Any other text: the longest start of it that the answer ends with, without the brackets that it does not close.
function overlap(text: string, rest: string, answer: Scan, context: CursorContext): number {
  if (/\w/.test(rest) && text.slice(0, answer.lineEnd).endsWith(rest)) return rest.length;
  const intended = openBrackets(context.scanAnswer(rest).stack);
  for (let length = Math.min(rest.length, text.length, longestOverlap); length > 0; length -= 1) {
    const start = rest.slice(0, length);
    if (!text.endsWith(start) || isBlank(start) || !isCharacterBoundary(rest, length)) continue;
    const trailing = /(?<![)\]}])[)\]}]*$/.exec(start)?.[0].length ?? 0;
    for (let given = 0; given <= trailing; given += 1) {
      const left = context.scanAnswer(text + rest.slice(length - given));
      if (openBrackets(left.stack) === intended && left.stack.length >= 0) return length - given;
    }
    return length;
  }
  return 0;
}

/** A closing bracket that stood on the line of its opening one, and is to follow an answer of several lines. */
export const keepCloserOnOwnLine: Rule = (candidate, context) => {
  const { language, lineBefore, lineAfter } = context;
  const rest = lineAfter.slice(candidate.replaceAfter).trimStart();
  if (rest === "" || !candidate.text.includes("\n")) return candidate;
  const stack = context.stack();
  const answer = context.scanAnswer(candidate.text);
  const top = stack.at(-1);
  if (!top || answer.floor < stack.length || answer.stack.length > stack.length || !rest.startsWith(top.close)) {
    return candidate;
  }
  const startsBelow = /^[ \t]*\n/.test(candidate.text) && top.kind === "bracket" && !language.isLisp;
  if (!startsBelow && candidate.endsWithLineBreak !== true) return candidate;
  return { ...candidate, text: `${candidate.text}\n${leadingWhiteSpace(lineBefore)}` };
};

/** An answer that changes nothing is none. */
export const dropUnchanged: Rule = (candidate: Candidate, { lineAfter }) => {
  const { text, replaceBefore, replaceAfter } = candidate;
  return replaceBefore === 0 && replaceAfter > 0 && lineAfter.slice(0, replaceAfter) === text ? undefined : candidate;
};
