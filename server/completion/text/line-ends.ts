// Line ends: the service is asked and answers in `\n`; documents have what they have.

export type LineEnd = "\n" | "\r\n";

export function toLf(text: string): string {
  return text.includes("\r") ? text.replaceAll("\r\n", "\n") : text;
}

/** The line end nearest to the cursor, the one above it first; `\n` for a text of one line. */
export function lineEndAt(before: string, after: string): LineEnd {
  const above = before.lastIndexOf("\n");
  if (above >= 0) return before[above - 1] === "\r" ? "\r\n" : "\n";
  const below = after.indexOf("\n");
  return below > 0 && after[below - 1] === "\r" ? "\r\n" : "\n";
}
