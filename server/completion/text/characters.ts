// Where a text may be cut without tearing a character that a person sees as one apart.

// Combining marks, variation selectors and joiners belong to what stands before them.
const joiner = "\u200d";
const extending = /^(?:\p{M}|\p{Variation_Selector}|\u200d)/u;

/** Whether the text may be cut at `offset`: not inside a surrogate pair, not before a combining mark. */
export function isCharacterBoundary(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return true;
  if (isHighSurrogate(text.charCodeAt(offset - 1)) && isLowSurrogate(text.charCodeAt(offset))) return false;
  return text[offset - 1] !== joiner && !extending.test(text.slice(offset, offset + 2));
}

/** `text` without half a surrogate pair at its end. */
export function withoutTornEnd(text: string): string {
  return isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
