// Where an answer is complete by its own shape, told while it still grows, so that its stream can be closed. Stop
// strings are not these rules' business.

import { columnsOf, isBlank, leadingWhiteSpace } from "./text/white-space.ts";

/**
 * The length at which `text` is a complete answer, or undefined while it may go on. An answer is never taken back: for
 * any continuation of `text` the length stays the same. `from`: where the last line of a `text` began that this one
 * continues and that was not complete; what is above need not be read again.
 */
export type Ending = (text: string, from?: number) => number | undefined;

/** Goes on as long as the service does. */
export const wholeText: Ending = () => undefined;

/** Up to the first line break after a line with text: blank lines before it are part of the answer. */
export const lineWithText: Ending = (text) => {
  const firstText = text.search(/\S/);
  if (firstText < 0) return undefined;
  const lineBreak = text.indexOf("\n", firstText);
  return lineBreak < 0 ? undefined : lineBreak;
};

const fewCount = 3;

/** Up to the third line with text, or to the blank line before it. */
export const fewLines: Ending = (text) => {
  let lines = 0;
  let lineStart = 0;
  for (let lineBreak = text.indexOf("\n"); lineBreak >= 0; lineBreak = text.indexOf("\n", lineStart)) {
    if (!isBlank(text.slice(lineStart, lineBreak))) lines += 1;
    else if (lines > 0) return lineStart - 1;
    if (lines === fewCount) return lineBreak;
    lineStart = lineBreak + 1;
  }
  return undefined;
};

/** Where an answer goes on in the cursor's line, by `line`; where it begins with a line break, by `block`. */
export function lineOrBlock(line: Ending, block: Ending): Ending {
  return (text, from) => {
    const firstText = text.search(/\S/);
    if (firstText < 0) return undefined;
    const lineBreak = text.indexOf("\n");
    return lineBreak >= 0 && lineBreak < firstText ? block(text, from) : line(text, from);
  };
}

// Only columns against each other count here, so any width of a tab does that is the same everywhere.
const tabSize = 4;
const closer = /^[ \t]*(?:[)\]}]|<\/|(?:end|fi|done|esac)[;,)]?\s*$)/;
const opener = /[([{]\s*$/;

/**
 * Up to the end of the block that the cursor is in: before the first line that is indented less than the block's first.
 * Where the cursor's line has text, that line opens the block, and a closing line at its own indentation belongs to it.
 */
export function blockByIndentation(before: string): Ending {
  const cursorLine = before.slice(before.lastIndexOf("\n") + 1);
  const opensBlock = !isBlank(cursorLine);
  return (text, from = 0) => {
    const firstText = text.search(/\S/);
    if (firstText < 0) return undefined;
    const head = opensBlock ? cursorLine : text.slice(text.lastIndexOf("\n", firstText) + 1, firstText);
    const baseColumns = columnsOf(leadingWhiteSpace(head), tabSize);
    let start = from;
    for (const line of text.slice(from).split("\n")) {
      const end = start + line.length;
      const columns = columnsOf(leadingWhiteSpace(line), tabSize);
      if (start > 0 && !isBlank(line)) {
        if (columns < baseColumns) return start - 1;
        if (opensBlock && columns === baseColumns) {
          if (!closer.test(line)) return start - 1;
          if (end < text.length && !opener.test(line)) return end;
        }
      }
      start = end + 1;
    }
    return undefined;
  };
}

// A model on this machine writes some ten tokens for each.
const mostLines = 12;

/** As far as `wanted`, and where that is short on to the end of a block, at the third line with text or further down. */
export function andMore(wanted: Ending, before: string): Ending {
  const cursorLine = before.slice(before.lastIndexOf("\n") + 1);
  return (text) => {
    const more = fewLinesInWhole(cursorLine, text);
    const end = more === undefined ? undefined : wanted(text);
    return more === undefined || end === undefined ? undefined : Math.max(more, end);
  };
}

function fewLinesInWhole(cursorLine: string, text: string): number | undefined {
  let baseColumns = isBlank(cursorLine) ? Number.POSITIVE_INFINITY : columnsOf(leadingWhiteSpace(cursorLine), tabSize);
  let lines = 0;
  let textEnd = 0;
  for (let start = 0; ; ) {
    const lineBreak = text.indexOf("\n", start);
    const line = lineBreak < 0 ? text.slice(start) : text.slice(start, lineBreak);
    if (!isBlank(line)) {
      const isCursorLine = start === 0 && !isBlank(cursorLine);
      const columns = isCursorLine ? baseColumns : columnsOf(leadingWhiteSpace(line), tabSize);
      if (columns <= baseColumns) {
        if (lines >= fewCount && !closer.test(line)) return textEnd;
        baseColumns = columns;
      }
      lines += 1;
      textEnd = lineBreak;
      if (lines === mostLines && lineBreak >= 0) return lineBreak;
    }
    if (lineBreak < 0) return undefined;
    start = lineBreak + 1;
  }
}
