// How many tokens a text has, guessed from its characters: a real tokenizer costs megabytes and milliseconds, and the
// service tolerates a small error. The guess is on the high side, so that a prompt never outgrows the model.

import { isCharacterBoundary } from "../characters.ts";

/** Part of a text that fits a budget. */
export interface Clip {
  readonly text: string;
  readonly tokens: number;
  /** Nothing had to be left out. */
  readonly whole: boolean;
}

// Characters per token of code, by language, for the o200k vocabulary.
const charsPerToken: Readonly<Record<string, number>> = {
  python: 4.05,
  typescript: 4.12,
  typescriptreact: 5.01,
  javascript: 4.47,
  javascriptreact: 4.83,
  csharp: 5.47,
  java: 4.86,
  cpp: 3.8,
  php: 4.35,
  html: 4.86,
  vue: 4.3,
  go: 4.21,
  dart: 5.7,
  css: 3.33,
};
const usualCharsPerToken = 4;
// The table holds averages; a file may be a tenth denser.
const safety = 0.9;
// Base64, hashes and minified data, and scripts without spaces between words.
const denseCharsPerToken = 1.5;
const longestWord = 64;
// How far a cut may move to fall between two lines.
const maxLineSearch = 500;

export function countTokens(text: string, languageId: string): number {
  return measure(text, languageId, Number.POSITIVE_INFINITY, 0, 1).tokens;
}

/** The longest end of `text` that fits, from the start of a line where one is near. Costs what fits, not what is there. */
export function clipHead(text: string, languageId: string, maxTokens: number): Clip {
  const { chars, tokens } = measure(text, languageId, maxTokens, text.length - 1, -1);
  if (chars === text.length) return { text, tokens, whole: true };
  let start = text.length - chars;
  const lineBreak = text.indexOf("\n", start);
  if (lineBreak >= 0 && lineBreak - start < maxLineSearch) start = lineBreak + 1;
  while (!isCharacterBoundary(text, start)) start += 1;
  return { text: text.slice(start), tokens, whole: false };
}

/** The longest start of `text` that fits, up to the end of a line where one is near. */
export function clipTail(text: string, languageId: string, maxTokens: number): Clip {
  const { chars, tokens } = measure(text, languageId, maxTokens, 0, 1);
  if (chars === text.length) return { text, tokens, whole: true };
  let end = chars;
  const lineBreak = chars > 0 ? text.lastIndexOf("\n", chars - 1) : -1;
  if (lineBreak >= 0 && chars - lineBreak < maxLineSearch) end = lineBreak + 1;
  while (!isCharacterBoundary(text, end)) end -= 1;
  return { text: text.slice(0, end), tokens, whole: false };
}

function measure(text: string, languageId: string, maxTokens: number, from: number, step: 1 | -1) {
  const asciiCost = 1 / ((charsPerToken[languageId] ?? usualCharsPerToken) * safety);
  const denseCost = 1 / denseCharsPerToken;
  let tokens = 0;
  let chars = 0;
  let word = 0;
  for (let at = from; at >= 0 && at < text.length; at += step) {
    const unit = text.charCodeAt(at);
    word = unit <= 32 ? 0 : word + 1;
    const cost = unit > 127 || word > longestWord ? denseCost : asciiCost;
    if (tokens + cost > maxTokens) break;
    tokens += cost;
    chars += 1;
  }
  return { chars, tokens: Math.ceil(tokens) };
}
