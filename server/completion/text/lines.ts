// The line that the cursor is on, by the line ends that editors know: `\n`, `\r\n` and `\r`.

// Closing brackets and quotes as auto-pairs leave them, then at most one mark that opens or ends a statement.
const closingPunctuation = /^(?<closers>[\s)>}\]"'`]*)(?<mark>[:{;,]?)\s*$/;

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
  const groups = closingPunctuation.exec(lineAfter)?.groups;
  return groups && { closers: groups["closers"] ?? "", mark: groups["mark"] ?? "" };
}
