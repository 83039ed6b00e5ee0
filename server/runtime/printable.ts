// Text from outside, fit to be shown to a person: nothing in it moves the cursor, hides or reorders what stands around it.

/**
 * `text` without control characters (line breaks and tabs stay), bidirectional controls, and the line separators that
 * some editors do not show as such.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "");
}
