// A model that has lost its way says the same thing for ever.

import type { Rule } from "./rule.ts";

// An answer whose last `tail` words are one pattern of at most `pattern` words, again and again, is dropped.
const limits = [
  { pattern: 1, tail: 10 },
  { pattern: 10, tail: 30 },
  { pattern: 20, tail: 45 },
  { pattern: 30, tail: 60 },
] as const;
const longestTail = 60;

// Words, runs of one mark (a rule of dashes is no repetition), runs of white space.
const word = /\w+|\s+|([^\w\s])\1*/gu;

export const dropRepetition: Rule = (candidate) => {
  const words = candidate.text.match(word) ?? [];
  const meaningful = words.filter((part) => part.trim() !== "");
  return repeats(words) || repeats(meaningful) ? undefined : candidate;
};

function repeats(words: readonly string[]): boolean {
  const reversed = words.slice(-longestTail).reverse();
  const borders = longestBorders(reversed);
  return limits.some(({ pattern, tail }) => reversed.length >= tail && tail - (borders[tail - 1] ?? 0) <= pattern);
}

/** For each start of `words`, how long the longest end of it is that is also its start (Knuth, Morris, Pratt). */
function longestBorders(words: readonly string[]): readonly number[] {
  const borders: number[] = [0];
  for (let at = 1; at < words.length; at += 1) {
    let border = borders[at - 1] ?? 0;
    while (border > 0 && words[at] !== words[border]) border = borders[border - 1] ?? 0;
    borders.push(words[at] === words[border] ? border + 1 : 0);
  }
  return borders;
}
