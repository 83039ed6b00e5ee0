// How far the guess of a text's tokens is from the truth. `token-counts.json` holds stretches of up to 1,800 characters of
// code, from files of this project or written for this, each with the number of tokens that gpt-tokenizer 4 gives it in
// the o200k vocabulary, counted once; the tokenizer itself weighs 26 MB and is not installed for this.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { clipHead, clipTail, countTokens } from "../../server/completion/prompt/tokens.ts";

interface Sample {
  readonly language: string;
  readonly source: string;
  readonly tokens: number;
  readonly text: string;
}

const samples = JSON.parse(readFileSync(new URL("token-counts.json", import.meta.url), "utf8")) as readonly Sample[];

/** Least that the guess may be of the truth; the answer's reserve of 500 tokens holds what is missing of 7,692. */
const least = 0.95;
const most = 1.75;

describe("the guess of tokens", () => {
  it.each(samples)("is never far below the truth, nor wasteful, in $language of $source", ({ text, tokens }) => {
    const ratio = countTokens(text) / tokens;
    expect(ratio).toBeGreaterThanOrEqual(least);
    expect(ratio).toBeLessThanOrEqual(most);
  });

  it.each(samples)("makes a cut of $language of $source fit, from either end", ({ text }) => {
    // What a character costs depends on its neighbour, which a cut may take away.
    for (const maxTokens of [0, 1, 50, 200]) {
      for (const clip of [clipHead(text, maxTokens), clipTail(text, maxTokens)]) {
        expect(countTokens(clip.text)).toBeLessThanOrEqual(maxTokens + 2);
        expect(clip.text === text).toBe(clip.whole);
      }
    }
  });
});
