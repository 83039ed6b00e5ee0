// How many tokens a text has, guessed from its characters: a real tokenizer costs megabytes and milliseconds, and the
// service tolerates a small error. The guess is on the high side, so that a prompt never outgrows the model.

import { isCharacterBoundary } from "../text/characters.ts";

/** Part of a text that fits a budget. */
export interface Clip {
  readonly text: string;
  readonly tokens: number;
  /** Nothing had to be left out. */
  readonly whole: boolean;
}

// What a character costs, by what it is and what stands before it, in hundredths of a token of the o200k vocabulary: fitted
// to code, markup and data of many languages, then raised by a tenth. A word costs mostly once, marks cost each but come in
// pairs. Whole numbers, because V8 allocates a sum of fractions anew for each character.
const perToken = 100;
const wordStart = 74;
const letter = 4;
const changeOfCase = 66;
const digit = 100;
const furtherDigit = 50;
const mark = 103;
const furtherMark = 20;
const lineBreak = 50;
const spaceApart = 60;
// Base64, hashes and minified data, and scripts without spaces between words.
const dense = 67;
// Emoji, arrows, frames of tables: few of them have a token of their own.
const picture = 100;
const longestWord = 64;
// How far a cut may move to fall between two lines.
const maxLineSearch = 500;

export function countTokens(text: string): number {
  return measure(text, Number.POSITIVE_INFINITY, 0, 1).tokens;
}

/** The longest end of `text` that fits, from the start of a line where one is near. Costs what fits, not what is there. */
export function clipHead(text: string, maxTokens: number): Clip {
  const { chars, tokens } = measure(text, maxTokens, text.length - 1, -1);
  if (chars === text.length) return { text, tokens, whole: true };
  let start = text.length - chars;
  const lineBreak = text.indexOf("\n", start);
  if (lineBreak >= 0 && lineBreak - start < maxLineSearch) start = lineBreak + 1;
  while (!isCharacterBoundary(text, start)) start += 1;
  return { text: text.slice(start), tokens, whole: false };
}

/** The longest start of `text` that fits, up to the end of a line where one is near. */
export function clipTail(text: string, maxTokens: number): Clip {
  const { chars, tokens } = measure(text, maxTokens, 0, 1);
  if (chars === text.length) return { text, tokens, whole: true };
  let end = chars;
  const lineBreak = chars > 0 ? text.lastIndexOf("\n", chars - 1) : -1;
  if (lineBreak >= 0 && chars - lineBreak < maxLineSearch) end = lineBreak + 1;
  while (!isCharacterBoundary(text, end)) end -= 1;
  return { text: text.slice(0, end), tokens, whole: false };
}

function measure(text: string, maxTokens: number, from: number, step: 1 | -1) {
  const most = maxTokens * perToken;
  let total = 0;
  let chars = 0;
  let word = 0;
  for (let at = from; at >= 0 && at < text.length; at += step) {
    const unit = text.charCodeAt(at);
    word = unit <= 32 ? 0 : word + 1;
    const cost = word > longestWord ? dense : costOf(unit, at === 0 ? 10 : text.charCodeAt(at - 1));
    if (total + cost > most) break;
    total += cost;
    chars += 1;
  }
  return { chars, tokens: Math.ceil(total / perToken) };
}

function costOf(unit: number, before: number): number {
  if (unit > 127) return isPicture(unit) ? picture : dense;
  if (isLetter(unit)) {
    if (!isLetter(before)) return letter + wordStart;
    return isCapital(unit) === isCapital(before) ? letter : letter + changeOfCase;
  }
  if (isDigit(unit)) return isDigit(before) ? furtherDigit : digit;
  if (unit === 10) return lineBreak;
  if (unit > 32) return isMark(before) ? furtherMark : mark;
  return before === 10 || before > 127 || isDigit(before) ? spaceApart : 0;
}

function isLetter(unit: number): boolean {
  const small = unit | 32;
  return small >= 97 && small <= 122;
}

function isCapital(unit: number): boolean {
  return unit < 97;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

/** A half of one counts as one, and so does what joins them. */
function isPicture(unit: number): boolean {
  return (unit >= 0x2000 && unit < 0x2c00) || (unit >= 0xd800 && unit < 0xe000) || (unit >= 0xfe00 && unit < 0xfe10);
}

function isMark(unit: number): boolean {
  return unit > 32 && unit < 128 && !isLetter(unit) && !isDigit(unit);
}
