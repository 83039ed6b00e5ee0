// From a text to what a stream carries of it: cut at the first stop word and at the most tokens, in pieces about as
// long as a model's tokens.

export interface Words {
  readonly pieces: readonly string[];
  /** `length` when the most tokens cut it, else `stop`. */
  readonly finishReason: "stop" | "length";
}

// A word with the blanks before it, a run of blanks, a few signs: near enough to what a tokenizer makes of code.
const token = / ?[A-Za-z_]{1,12}|\d{1,3}|\n+|[^\S\n]+|[^\sA-Za-z_\d]{1,3}/gu;

export function wordsOf(text: string, stop: readonly string[], maxTokens: number): Words {
  const pieces = cutAtStop(text, stop).match(token) ?? [];
  return pieces.length > maxTokens
    ? { pieces: pieces.slice(0, maxTokens), finishReason: "length" }
    : { pieces, finishReason: "stop" };
}

/** `text` up to the first of the stop words, which is not part of it. */
function cutAtStop(text: string, stop: readonly string[]): string {
  let end = text.length;
  for (const word of stop) {
    if (word === "") continue;
    const at = text.indexOf(word);
    if (at >= 0 && at < end) end = at;
  }
  return text.slice(0, end);
}
