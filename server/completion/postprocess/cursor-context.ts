// The place that an answer goes to, as the rules need to see it. Read once for each request; what is open at the cursor
// is found out when the first rule wants to know.

import type { DocumentRequest } from "../../../shared/completion.ts";
import { type Language, languageOf } from "../../../shared/languages.ts";
import { type LineEnd, lineEndAt } from "../text/line-ends.ts";
import { lineAfterCursor, lineBeforeCursor } from "../text/lines.ts";
import { type IndentationStyle, styleOf } from "./detect-indentation.ts";
import { type Frame, openBrackets, scan } from "./scan.ts";

/** Lines are without their ends. */
export interface CursorContext {
  readonly language: Language;
  /** The cursor's line, left and right of it. */
  readonly lineBefore: string;
  readonly lineAfter: string;
  /** The lines below, nearest first, as many as a completion could repeat. */
  readonly linesBelow: readonly string[];
  readonly indentation: IndentationStyle | undefined;
  readonly lineEnd: LineEnd;
  /** What is open at the cursor, outermost first. The first call reads the text above. */
  stack(): readonly Frame[];
  /** How many brackets nothing below closes; 0 when not all of the document is seen. */
  unclosedBelow(): number;
}

const sampleChars = 8_192;

export function cursorContextOf(request: DocumentRequest): CursorContext {
  const { languageId, before, after, beforeOffset, indentation } = request;
  const language = languageOf(languageId);
  const above = splitLines(before.slice(-sampleChars));
  const below = splitLines(after.slice(0, sampleChars)).slice(1);
  const hasStart = before.length <= sampleChars && beforeOffset === 0;
  // The first line of a sample has no sure start.
  const sample = before.length > sampleChars ? above.slice(1) : above;
  const lineAfter = lineAfterCursor(after);
  let frames: readonly Frame[] | undefined;
  const stackAtCursor = (): readonly Frame[] => (frames ??= scan(sample.join("\n"), language, [], lineAfter).stack);
  return {
    language,
    lineBefore: lineBeforeCursor(before),
    lineAfter,
    linesBelow: below,
    indentation: styleOf(language, sample, below, indentation),
    lineEnd: lineEndAt(before, after),
    stack: stackAtCursor,
    unclosedBelow() {
      if (!hasStart || after.length > sampleChars) return 0;
      const open = stackAtCursor();
      return openBrackets(open.slice(0, scan(after, language, open).floor));
    },
  };
}

function splitLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}
