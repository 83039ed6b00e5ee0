// Which lines an edit has changed.

import type { ChangedLines } from "../../../shared/documents.ts";
import type { BlockText, Edit } from "./block-text.ts";

export function changedLines(before: BlockText, now: BlockText, { start, end }: Edit): ChangedLines {
  const endLine = before.positionAt(end).line;
  return {
    // A `\r` at the end of a line may have become half of a line end, or no longer be one.
    startLine: Math.min(before.positionAt(start).line, now.positionAt(start).line),
    endLine,
    newEndLine: endLine + now.lineCount - before.lineCount,
  };
}
