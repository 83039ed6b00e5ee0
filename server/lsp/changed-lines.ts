// Which lines differ between two versions of a text, for clients that send the whole text with each change.

import type { ChangedLines } from "../../shared/documents.ts";

export function changedLines(before: string, now: string): ChangedLines {
  const shorter = Math.min(before.length, now.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === now.charCodeAt(head)) head += 1;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)
  ) {
    tail += 1;
  }
  const startLine = lineBreaksIn(before, 0, head);
  return {
    startLine,
    endLine: startLine + lineBreaksIn(before, head, before.length - tail),
    newEndLine: startLine + lineBreaksIn(now, head, now.length - tail),
  };
}

function lineBreaksIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
