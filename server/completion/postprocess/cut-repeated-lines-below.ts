// Lines of an answer that repeat the lines below the cursor, such as the closing brackets of the block it is in. Those
// that the answer itself needs stay: which ones, the balance of brackets and of block words decides.

import { isBlank, withoutTrailingWhiteSpace } from "../text/white-space.ts";
import type { CursorContext } from "./cursor-context.ts";
import type { Rule } from "./rule.ts";
import { openBrackets } from "./scan.ts";

const mostLinesBelow = 100;

/** Cuts them off, wherever they start. The very last line may have got only as far as the start of its original. */
export const cutRepeatedLinesBelow: Rule = (candidate, context) => {
  const below = context.linesBelow.filter((line) => !isBlank(line)).slice(0, mostLinesBelow);
  const lines = candidate.text.split("\n");
  const written = lines.flatMap((line, index) => (isBlank(line) ? [] : [{ line, index }]));
  // A first line that goes on in the cursor's own repeats nothing below it.
  const isWholeLine = isBlank(context.lineBefore) && isBlank(context.lineAfter);
  for (const [start, { index }] of written.entries()) {
    if (index === 0 && !isWholeLine) continue;
    const tail = written.slice(start, start + mostLinesBelow).map(({ line }) => line);
    if (!repeats(tail, below, index === 0)) continue;
    const kept = withoutTrailingWhiteSpace(lines.slice(0, index).join("\n"));
    if (isNeeded(kept, candidate.text, context)) continue;
    return kept.trim() === "" ? undefined : { ...candidate, text: kept };
  }
  return candidate;
};

function repeats(tail: readonly string[], below: readonly string[], isFirst: boolean): boolean {
  if (runsFrom(tail, below, 0, isFirst)) return true;
  // Further below only what can hardly stand there by chance.
  if (tail.filter((line) => /\w/.test(line)).length < 2) return false;
  return below.some((_, from) => from > 0 && runsFrom(tail, below, from, isFirst));
}

function runsFrom(tail: readonly string[], below: readonly string[], from: number, isFirst: boolean): boolean {
  return tail.every((line, index) => {
    const other = below[from + index];
    // The text below has come to its end, the answer has not.
    if (other === undefined) return index >= 2;
    if (line.trimEnd() === other.trimEnd()) return true;
    const isStart = isFirst && index === 0;
    if (isStart && line.trim() === other.trim()) return true;
    if (index < tail.length - 1) return false;
    const isTelling = /\w/.test(line) ? line.trim().length >= 4 : /^\s*[)\]}]+$/.test(line);
    return isTelling && (isStart ? other.trimStart().startsWith(line.trim()) : other.startsWith(line));
  });
}

/** Whether what is cut off behind `kept` closes something that nothing else closes. */
function isNeeded(kept: string, whole: string, context: CursorContext): boolean {
  const short = context.scanAnswer(kept);
  const long = context.scanAnswer(whole);
  const closes = openBrackets(short.stack) - openBrackets(long.stack);
  const unclosed = context.unclosedBelow(short.stack, short.floor < context.stack().length);
  if (unclosed !== undefined) {
    if (closes > 0 && unclosed >= closes) return true;
  } else if (openBrackets(short.stack.slice(short.floor)) > openBrackets(long.stack.slice(long.floor))) return true;
  const words = context.language.blockWords;
  if (!words) return false;
  return depthOf(kept, words) > depthOf(whole, words);
}

function depthOf(text: string, [opens, closes]: readonly [RegExp, RegExp]): number {
  let depth = 0;
  for (const line of text.split("\n")) {
    if (closes.test(line)) depth = Math.max(0, depth - 1);
    else if (opens.test(line)) depth += 1;
  }
  return depth;
}
