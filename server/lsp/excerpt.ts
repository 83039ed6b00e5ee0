// The part of a document around the cursor that a completion can use. Its cost does not grow with the document: a slice
// of a string shares the string's memory.

import type { LspPosition } from "../../shared/lsp.ts";
import type { DocumentSnapshot } from "./documents.ts";

/** Far more than any prompt has room for. */
const maxBeforeUnits = 48_000;
const maxAfterUnits = 16_000;

export interface Excerpt {
  /** Where the cursor really is: at most at the end of its line, never inside a surrogate pair. */
  readonly position: LspPosition;
  readonly offset: number;
  /** The cursor's line up to the cursor. */
  readonly linePrefix: string;
  readonly before: string;
  readonly beforeOffset: number;
  readonly after: string;
}

/** Undefined when the document has no such line. */
export function excerptAt(document: DocumentSnapshot, wanted: LspPosition): Excerpt | undefined {
  const { text } = document;
  if (wanted.line >= document.lineCount) return undefined;
  const lineStart = document.offsetAt({ line: wanted.line, character: 0 });
  const offset = wholeCharacter(text, document.offsetAt(wanted));
  const beforeOffset = wholeCharacter(text, Math.max(0, offset - maxBeforeUnits));
  return {
    position: { line: wanted.line, character: offset - lineStart },
    offset,
    linePrefix: text.slice(lineStart, offset),
    before: text.slice(beforeOffset, offset),
    beforeOffset,
    after: text.slice(offset, wholeCharacter(text, Math.min(text.length, offset + maxAfterUnits))),
  };
}

/** Whether an answer for `offset` in `then` still fits `now`: all that stands before its line's end is as it was. */
export function fitsStill(then: string, now: string | undefined, offset: number): boolean {
  if (now === undefined) return false;
  if (now === then) return true;
  const lineEnd = endOfLine(then, offset);
  return endOfLine(now, offset) === lineEnd && now.slice(0, lineEnd) === then.slice(0, lineEnd);
}

/**
 * What was typed at `offset` since the text was `then`, if nothing else was changed: an answer that begins with it still
 * says what the person means.
 */
export function typedSince(then: string, now: string | undefined, offset: number): string | undefined {
  if (now === undefined || now.length < then.length) return undefined;
  if (now === then) return "";
  const typed = now.slice(offset, offset + now.length - then.length);
  return now.startsWith(then.slice(0, offset)) && now.endsWith(then.slice(offset)) ? typed : undefined;
}

function endOfLine(text: string, offset: number): number {
  for (let at = offset; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 10 || unit === 13) return at;
  }
  return text.length;
}

/** `offset`, or the one before it if it would cut a surrogate pair in two. */
function wholeCharacter(text: string, offset: number): number {
  return isHighSurrogate(text.charCodeAt(offset - 1)) && isLowSurrogate(text.charCodeAt(offset)) ? offset - 1 : offset;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
