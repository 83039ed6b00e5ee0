// Text from outside, fit to be shown to a person: nothing in it moves the cursor, hides or reorders what stands around it.

/**
 * `text` without control characters (C0 and C1), which act on a terminal, and without bidirectional controls and line
 * separators, which make it look like another text. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "");
}

/** As `printable`, on one line: without line breaks and tabs as well. */
export function withoutControls(text: string): string {
  return printable(text).replace(/[\n\t]/g, "");
}
