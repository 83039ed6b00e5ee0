// What an edit makes of a text, and which lines of it are others then.

import type { ChangedLines } from "../../../../shared/documents.ts";
import type { BlockText, Edit } from "./block-text.ts";

export function applyEdit(before: BlockText, edit: Edit): { readonly text: BlockText; readonly lines: ChangedLines } {
  // Asked before the edit is made: what is known of a block's lines goes to the block that takes its place.
  const startLine = before.positionAt(edit.start).line;
  const endLine = before.positionAt(edit.end).line;
  const text = before.with(edit);
  return {
    text,
    lines: {
      // A `\r` above may have become half of a line end.
      startLine: Math.min(startLine, text.positionAt(edit.start).line),
      endLine,
      newEndLine: endLine + text.lineCount - before.lineCount,
    },
  };
}
