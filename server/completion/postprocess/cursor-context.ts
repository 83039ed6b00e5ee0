// The place that an answer goes to, as the rules need to see it. Read once for each request; what is open at the cursor
// is found out when the first rule wants to know.

import type { DocumentRequest } from "../../../shared/completion.ts";
import { type Language, languageOf } from "../../../shared/languages.ts";
import { type LineEnd, lineEndAt } from "../text/line-ends.ts";
import { lineAfterCursor, lineBeforeCursor } from "../text/lines.ts";
import { type IndentationStyle, styleOf } from "./detect-indentation.ts";
import { type Frame, openBrackets, type Scan, scan } from "./scan.ts";

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
  /** How many of them were open at the start of the line. */
  openedAbove(): number;
  /** How many of them the lines below close. */
  closedBelow(): number;
  /** Reads an answer from the cursor on. */
  scanAnswer(text: string): Scan;
  /**
   * How many of the brackets that are `open` nothing below closes; undefined when not all of the document is seen.
   * `isLineClosed`: what stands right of the cursor is done with.
   */
  unclosedBelow(open: readonly Frame[], isLineClosed: boolean): number | undefined;
}

const sampleChars = 8_192;
// More of the line says nothing of what an answer begins with.
const headChars = 200;

export function cursorContextOf(request: DocumentRequest): CursorContext {
  const { languageId, before, after, beforeOffset, indentation } = request;
  const language = languageOf(languageId);
  const above = splitLines(before.slice(-sampleChars));
  const below = splitLines(after.slice(0, sampleChars)).slice(1);
  const hasStart = before.length <= sampleChars && beforeOffset === 0;
  // The first line of a sample has no sure start.
  const sample = before.length > sampleChars ? above.slice(1) : above;
  const lineAfter = lineAfterCursor(after);
  let read: Scan | undefined;
  const readLine = (): Scan => {
    if (read) return read;
    const lineHead = sample.at(-1) ?? "";
    const start = sample.length > 1 ? `${sample.slice(0, -1).join("\n")}\n` : "";
    read = scan(lineHead, language, scan(start, language, [], lineHead).stack, lineAfter);
    return read;
  };
  const stackAtCursor = (): readonly Frame[] => readLine().stack;
  const lineBefore = lineBeforeCursor(before);
  return {
    language,
    lineBefore,
    lineAfter,
    linesBelow: below,
    indentation: styleOf(language, sample, below, indentation),
    lineEnd: lineEndAt(before, after),
    stack: stackAtCursor,
    openedAbove: () => readLine().floor,
    closedBelow: () => stackAtCursor().length - scan(`\n${below.join("\n")}`, language, stackAtCursor()).floor,
    scanAnswer: (text) => scan(text, language, stackAtCursor(), "", lineBefore.slice(-headChars)),
    unclosedBelow(open, isLineClosed) {
      if (!hasStart || after.length > sampleChars) return undefined;
      const rest = isLineClosed ? after.slice(lineAfter.length) : after;
      return openBrackets(open.slice(0, scan(rest, language, open).floor));
    },
  };
}

function splitLines(text: string): readonly string[] {
  // Splitting by a pattern takes three times as long.
  return text.includes("\r") ? text.split(/\r\n|\r|\n/) : text.split("\n");
}
