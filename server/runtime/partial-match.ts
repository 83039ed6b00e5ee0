// Words that may begin at the end of a text which is still growing.

/** The length of `text` without an end that begins one of `words` and may still become it. */
export function lengthBeforePartialMatch(text: string, words: readonly string[]): number {
  let sure = text.length;
  for (const word of words) {
    for (let length = Math.min(word.length - 1, text.length); length > 0; length -= 1) {
      if (!text.endsWith(word.slice(0, length))) continue;
      sure = Math.min(sure, text.length - length);
      break;
    }
  }
  return sure;
}
