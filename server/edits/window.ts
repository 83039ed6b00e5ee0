// Which lines of a document a prompt shows around the cursor: the window, which the model may rewrite, and the area, which
// it sees again beside the window. Line numbers from 0; `end` is the first line below.

import type { DocumentText } from "../../shared/documents.ts";

export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export interface Place {
  readonly line: number;
  readonly character: number;
  /** The window shall go on to this line, where it is not too far below. */
  readonly lastLine?: number | undefined;
}

export interface EditWindow {
  /** Inside the text. */
  readonly cursor: Place;
  readonly window: LineRange;
  readonly area: LineRange;
  /** Lines of the area, without their ends. */
  readonly lines: readonly string[];
}

/** How many lines above and below the cursor's a window has. */
export interface WindowReach {
  readonly above: number;
  readonly below: number;
}

const usualReach: WindowReach = { above: 2, below: 5 };
/** After an edit was accepted, the next one is mostly below. */
const windowBelowAfterAccept = 10;
const areaAround = 15;
/** A window that takes in further places goes on to this many lines below the first one, and some more below the last. */
export const reachBelow = 24;
const windowBelowLast = 2;

/** So far above and below a line is looked for what was left behind. */
const searchedLines = 300;

/** The lines around one, with the number of their first. */
export function linesAround(
  text: DocumentText,
  line: number,
): { readonly first: number; readonly lines: readonly string[] } {
  const first = Math.max(0, line - searchedLines);
  return { first, lines: text.lines(first, line + searchedLines) };
}

/** `reach`: no further than the area, whatever else the place wants. Absent: the usual one. */
export function windowAt(text: DocumentText, wanted: Place, isAfterAccept: boolean, reach?: WindowReach): EditWindow {
  const line = Math.min(Math.max(0, wanted.line), text.lineCount - 1);
  const { above } = reach ?? usualReach;
  const last = Math.min(wanted.lastLine ?? line, line + reachBelow);
  const usualBelow = isAfterAccept ? windowBelowAfterAccept : usualReach.below;
  const below = reach?.below ?? Math.max(usualBelow, last - line + windowBelowLast);
  const window = { start: Math.max(0, line - above), end: Math.min(text.lineCount, line + below + 1) };
  const area = {
    start: Math.max(0, line - areaAround),
    end: Math.min(text.lineCount, line + Math.max(areaAround, below) + 1),
  };
  const lines = text.lines(area.start, area.end);
  const cursorLine = lines[line - area.start] ?? "";
  return {
    cursor: { line, character: Math.min(Math.max(0, wanted.character), cursorLine.length) },
    window,
    area,
    lines,
  };
}

/** Lines of the window. */
export function windowLines({ window, area, lines }: EditWindow): readonly string[] {
  return lines.slice(window.start - area.start, window.end - area.start);
}

/** The number of tokens that a line has room for, as the budgets of prompts count it. */
export function tokensOf(line: string): number {
  return Math.floor(line.length / 4) + 1;
}
