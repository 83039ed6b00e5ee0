// A hunk as an edit of the document: whole lines without the last one's end, in the line ends that stand around it.

import type { DocumentText } from "../../shared/documents.ts";
import type { EditSuggestion } from "../../shared/edits.ts";
import type { Hunk } from "./answer/hunk.ts";

export function suggestionOf(id: string, { start, end, lines }: Hunk, text: DocumentText): EditSuggestion {
  const lineEnd = lineEndNear(text, start);
  const isLastLine = end >= text.lineCount;
  if (start === end && isLastLine) {
    // Behind the last line: the line end comes first.
    const last = text.lineCount - 1;
    const character = lineAt(text, last).length;
    return at(id, [last, character], [last, character], lines.map((line) => lineEnd + line).join(""));
  }
  if (start === end) return at(id, [start, 0], [start, 0], lines.map((line) => line + lineEnd).join(""));
  if (lines.length > 0) {
    return at(id, [start, 0], [end - 1, lineAt(text, end - 1).length], lines.join(lineEnd));
  }
  if (!isLastLine) return at(id, [start, 0], [end, 0], "");
  // The last lines of the text go with the line end before them.
  const endOfText: Position = [end - 1, lineAt(text, end - 1).length];
  return start === 0
    ? at(id, [0, 0], endOfText, "")
    : at(id, [start - 1, lineAt(text, start - 1).length], endOfText, "");
}

type Position = readonly [line: number, character: number];

function at(
  id: string,
  [startLine, startCharacter]: Position,
  [endLine, endCharacter]: Position,
  newText: string,
): EditSuggestion {
  return { id, startLine, startCharacter, endLine, endCharacter, newText };
}

function lineAt(text: DocumentText, line: number): string {
  return text.lines(line, line + 1)[0] ?? "";
}

/** Of the line above, else of the line itself, else of the text's first line. */
function lineEndNear(text: DocumentText, line: number): string {
  for (const one of [line - 1, line, 0]) {
    if (one < 0 || one + 1 >= text.lineCount) continue;
    const end = text.lineStart(one + 1);
    const unit = text.slice(Math.max(0, end - 2), end);
    if (unit.endsWith("\r\n")) return "\r\n";
    return unit.endsWith("\r") ? "\r" : "\n";
  }
  return "\n";
}
