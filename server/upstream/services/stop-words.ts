// Ends an answer at words of the model's own: a model that writes one has come to the end of the hole, or was asked in the
// words of another family. Text that may become such a word is held back until it is sure.

import { lengthBeforePartialMatch } from "../../runtime/partial-match.ts";
import type { WireDelta } from "./wire.ts";

/** `onWord` is told of each word that ended an answer. */
export async function* cutAtWords(
  deltas: AsyncIterable<WireDelta>,
  words: readonly string[],
  onWord: (word: string) => void,
): AsyncGenerator<WireDelta, undefined> {
  const held = new Map<number, string>();
  const ended = new Set<number>();
  for await (const delta of deltas) {
    const { index } = delta;
    if (ended.has(index)) continue;
    const text = (held.get(index) ?? "") + delta.text;
    const found = firstOf(words, text);
    if (found) {
      ended.add(index);
      onWord(found.word);
      yield { ...delta, text: text.slice(0, found.at), finishReason: "stop" };
      continue;
    }
    const sure = delta.finishReason === null ? lengthBeforePartialMatch(text, words) : text.length;
    held.set(index, text.slice(sure));
    if (sure > 0 || delta.finishReason !== null || delta.promptTokens !== undefined) {
      yield { ...delta, text: text.slice(0, sure) };
    }
  }
  for (const [index, text] of held) {
    if (text !== "" && !ended.has(index)) yield { index, text, finishReason: null };
  }
}

function firstOf(words: readonly string[], text: string): { readonly word: string; readonly at: number } | undefined {
  let first: { readonly word: string; readonly at: number } | undefined;
  for (const word of words) {
    const at = text.indexOf(word);
    if (at >= 0 && (first === undefined || at < first.at)) first = { word, at };
  }
  return first;
}
