// A place in a file as people and compilers write it: FILE:LINE:COL, counted from 1. A column counts characters (Unicode
// code points, a tab is one), which is what editors show, except where they count the cells of a wide one.

import { CopilotError } from "../../../shared/errors.ts";

export interface FilePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Throws `bad-request` when `text` has not that form; `orElse`: what else could have been written. A colon in the file
 * name, as in `C:\x.py:1:1`, is the file's.
 */
export function parseFilePosition(text: string, orElse = ""): FilePosition {
  const [, file, line, column] = /^(.+):(\d{1,9}):(\d{1,9})$/s.exec(text) ?? [];
  if (file !== undefined) return { file, line: Number(line), column: Number(column) };
  throw new CopilotError("bad-request", `${text} is not a place in a file.`, {
    advice: `Write FILE:LINE:COL, both counted from 1${orElse}.`,
  });
}

export type LocatedOffset =
  /** In UTF-16 units from the start of the text. */
  | { readonly kind: "offset"; readonly offset: number; readonly lineCount: number }
  /** `message` says which lines or columns there are. */
  | { readonly kind: "outside"; readonly message: string };

/** Finds a line and column in a text whose lines end in `\n`, `\r\n` or `\r`. */
export function locate(text: string, line: number, column: number): LocatedOffset {
  const lines = [...linesOf(text)];
  const found = lines[line - 1];
  if (!found) return { kind: "outside", message: `has lines 1 to ${lines.length}, not ${line}` };
  const characters = Array.from(text.slice(found.start, found.end));
  if (column < 1 || column > characters.length + 1) {
    return { kind: "outside", message: `has columns 1 to ${characters.length + 1} in line ${line}, not ${column}` };
  }
  const offset = found.start + characters.slice(0, column - 1).join("").length;
  return { kind: "offset", offset, lineCount: lines.length };
}

function* linesOf(text: string): Generator<{ readonly start: number; readonly end: number }> {
  let start = 0;
  for (const lineEnd of text.matchAll(/\r\n|\n|\r/g)) {
    yield { start, end: lineEnd.index };
    start = lineEnd.index + lineEnd[0].length;
  }
  yield { start, end: text.length };
}
