// The place that an answer goes to, as the rules need to see it. Read once for each request.

import type { DocumentRequest, Indentation } from "../../../shared/completion.ts";
import { type LineEnd, lineEndAt } from "../text/line-ends.ts";
import { lineAfterCursor, lineBeforeCursor } from "../text/lines.ts";
import { readIndentation } from "./detect-indentation.ts";

/** Lines are without their ends. */
export interface Scene {
  readonly languageId: string;
  /** The cursor's line, left and right of it. */
  readonly lineBefore: string;
  readonly lineAfter: string;
  /** The lines below, nearest first, as many as a completion could repeat. */
  readonly linesBelow: readonly string[];
  /** Undefined where the document shows none. */
  readonly indentation: Indentation | undefined;
  readonly lineEnd: LineEnd;
}

const sampleChars = 8_192;

export function sceneOf({ languageId, before, after, indentation }: DocumentRequest): Scene {
  const above = splitLines(before.slice(-sampleChars));
  const below = splitLines(after.slice(0, sampleChars)).slice(1);
  // The first line of a sample has no sure start.
  const sample = before.length > sampleChars ? above.slice(1) : above;
  return {
    languageId,
    lineBefore: lineBeforeCursor(before),
    lineAfter: lineAfterCursor(after),
    linesBelow: below,
    indentation: indentation ?? readIndentation(sample) ?? readIndentation(below),
    lineEnd: lineEndAt(before, after),
  };
}

function splitLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}
