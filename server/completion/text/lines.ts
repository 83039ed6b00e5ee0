// The line that the cursor is on, by the line ends that editors know: `\n`, `\r\n` and `\r`.

// Closing brackets and quotes as auto-pairs leave them, then at most one mark that opens or ends a statement. Matched
// without the white space at the end: two runs of it next to each other would take quadratic time to fail.
const closingPunctuation = /^(?<closers>[\s)>}\]"'`]*)(?<mark>[:{;,]?)$/;

/** What stands left of the cursor on its line. */
export function lineBeforeCursor(before: string): string {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return line.slice(line.lastIndexOf("\r") + 1);
}

/** What stands right of the cursor on its line. */
export function lineAfterCursor(after: string): string {
  const end = after.search(/[\r\n]/);
  return end < 0 ? after : after.slice(0, end);
}

/** The parts of a line's rest that holds nothing but closing punctuation, or nothing at all; else undefined. */
export function asClosingPunctuation(
  lineAfter: string,
): { readonly closers: string; readonly mark: string } | undefined {
  const groups = closingPunctuation.exec(lineAfter.trimEnd())?.groups;
  const mark = groups?.["mark"] ?? "";
  return groups && { closers: mark === "" ? lineAfter : (groups["closers"] ?? ""), mark };
}
