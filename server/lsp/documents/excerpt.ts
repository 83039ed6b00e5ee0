// The part of a document around the cursor that a completion can use, and whether it is still as it was. The cost does not
// grow with the document.

import type { LspPosition } from "../../../shared/lsp.ts";
import { isSurrogatePair } from "../../runtime/text-units.ts";
import type { BlockText } from "./text/block-text.ts";

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
export function excerptAt(text: BlockText, wanted: LspPosition): Excerpt | undefined {
  if (wanted.line >= text.lineCount) return undefined;
  const lineStart = text.offsetAt({ line: wanted.line, character: 0 });
  const offset = wholeCharacter(text, text.offsetAt(wanted));
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
export function fitsStill(then: BlockText, now: BlockText | undefined, offset: number): boolean {
  if (now === undefined) return false;
  if (now === then) return true;
  const lineEnd = endOfLine(then, offset);
  return endOfLine(now, offset) === lineEnd && now.matches(0, then, 0, lineEnd);
}

/**
 * What was typed at `offset` since the text was `then`, if nothing else was changed: an answer that begins with it still
 * says what the person means.
 */
export function typedSince(then: BlockText, now: BlockText | undefined, offset: number): string | undefined {
  if (now === undefined || now.length < then.length) return undefined;
  if (now === then) return "";
  const end = offset + now.length - then.length;
  const isElsewhereSame = now.matches(0, then, 0, offset) && now.matches(end, then, offset, then.length - offset);
  return isElsewhereSame ? now.slice(offset, end) : undefined;
}

function endOfLine(text: BlockText, offset: number): number {
  return text.offsetAt({ line: text.positionAt(offset).line, character: Number.MAX_SAFE_INTEGER });
}

/** `offset`, or the one before it if it would cut a surrogate pair in two. */
function wholeCharacter(text: BlockText, offset: number): number {
  return isSurrogatePair(text.charCodeAt(offset - 1), text.charCodeAt(offset)) ? offset - 1 : offset;
}
