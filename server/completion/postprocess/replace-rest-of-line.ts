// What stands right of the cursor and is in the answer again is replaced, so that it is never doubled. Brackets and
// quotes count only where the answer closes one that was opened before it: its own pairs leave those right of the
// cursor alone.

import { isCharacterBoundary } from "../text/characters.ts";
import { asClosingPunctuation } from "../text/lines.ts";
import { isBlank } from "../text/white-space.ts";
import { closes } from "./brackets.ts";
import type { Rule } from "./rule.ts";

export const restOfLine: Rule = (draft, { lineAfter }) => {
  if (isBlank(lineAfter)) return draft;
  const rest = lineAfter.trimEnd();
  const punctuation = asClosingPunctuation(rest);
  const covered = punctuation
    ? coveredPunctuation(draft.text, rest, punctuation.closers, punctuation.mark)
    : coveredText(draft.text, rest);
  return { ...draft, replaceAfter: covered };
};

function coveredPunctuation(text: string, rest: string, closers: string, mark: string): number {
  const expected = closers.replaceAll(/\s/g, "");
  const { closed, end, left } = closes(text, expected);
  if (mark !== "" && closed === expected.length) {
    const tail = text.slice(end);
    const firstLine = tail.split("\n", 1)[0]?.trimEnd() ?? "";
    // The brace that the answer opens takes the place of the one that is there.
    const isLeftOpen = left > (mark === "{" && tail.endsWith("{") ? 1 : 0);
    if (!isLeftOpen && (tail.endsWith(mark) || firstLine.endsWith(mark))) return rest.length;
  }
  return lengthUpTo(closers, closed - left);
}

/** Length of the start of `closers` that ends with its `count`th character that is not white space. */
function lengthUpTo(closers: string, count: number): number {
  let seen = 0;
  for (let at = 0; at < closers.length && seen < count; at += 1) {
    if (!isBlank(closers[at] ?? "")) seen += 1;
    if (seen === count) return at + 1;
  }
  return 0;
}

// Any other text: the longest start of it that the answer ends with, without the brackets that it does not close.
function coveredText(text: string, rest: string): number {
  for (let length = Math.min(rest.length, text.length); length > 0; length -= 1) {
    const start = rest.slice(0, length);
    if (!text.endsWith(start) || isBlank(start) || !isCharacterBoundary(rest, length)) continue;
    const trailing = /[)\]}]*$/.exec(start)?.[0] ?? "";
    return length - Math.min(trailing.length, unclosed(text, start));
  }
  return 0;
}

/** How many brackets `start` closes, beyond those it opens, that the answer does not. */
function unclosed(text: string, start: string): number {
  const closers = start.replaceAll(/[^)\]}]/g, "");
  const surplus = closers.length - start.replaceAll(/[^([{]/g, "").length;
  return surplus <= 0 ? 0 : surplus - closes(text, closers.slice(-surplus)).closed;
}
