// Finds what a mistyped word was meant to be.

import { editDistance } from "../../runtime/edit-distance.ts";

/** The candidate that the fewest single-letter slips lead to, if few enough to be a slip; undefined if none is. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase();
  let best: { candidate: string; slips: number } | undefined;
  for (const candidate of candidates) {
    const slips = editDistance(typed.split(""), candidate.toLowerCase().split(""));
    if (!best || slips < best.slips) best = { candidate, slips };
  }
  if (!best) return undefined;
  const tolerated = Math.max(1, Math.floor(Math.min(word.length, best.candidate.length) / 3));
  if (best.slips <= tolerated) return best.candidate;
  return typed.length >= 3 ? candidates.find((candidate) => candidate.toLowerCase().startsWith(typed)) : undefined;
}

/** What to do about a word that is none of `candidates`: `otherwise` where none of them is near. */
export function didYouMean(word: string, candidates: readonly string[], otherwise: string): string {
  const found = nearest(word, candidates);
  return found === undefined ? otherwise : `Did you mean ${found}?`;
}
