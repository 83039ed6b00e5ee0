// Where a text may be cut without tearing a character that a person sees as one apart.

import { isHighSurrogate, isSurrogatePair } from "../../runtime/text-units.ts";

// Combining marks, variation selectors and joiners belong to what stands before them.
const joiner = "\u200d";
const extending = /^(?:\p{M}|\p{Variation_Selector}|\u200d)/u;

/** Whether the text may be cut at `offset`: not inside a surrogate pair, not before a combining mark. */
export function isCharacterBoundary(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return true;
  if (isSurrogatePair(text.charCodeAt(offset - 1), text.charCodeAt(offset))) return false;
  return text[offset - 1] !== joiner && !extending.test(text.slice(offset, offset + 2));
}

/** `text` without half a surrogate pair at its end. */
export function withoutTornEnd(text: string): string {
  return isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text;
}
