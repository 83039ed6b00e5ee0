// Where a suggestion goes: the text around the cursor, and the range and text that an item becomes there.

import type { CompletionItem } from "../../../shared/completion.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import type { OfferedText } from "./acceptance.ts";
import type { Excerpt } from "../documents/excerpt.ts";

/**
 * `line`: the text repeats the line up to the cursor, unless that is long. `whole-line`: it repeats it in any case, for the
 * older methods, whose plugins drop what does not begin at column 0. `cursor`: it repeats nothing.
 */
export type RangeStyle = "line" | "whole-line" | "cursor";

/** An entry of the editor's menu that is selected: the text is to be completed as if it had been taken. */
export interface SelectedEntry {
  readonly range: LspRange;
  readonly text: string;
}

export interface InsertionPoint {
  readonly before: string;
  readonly beforeOffset: number;
  readonly after: string;
  /** The line up to the cursor, with the selected entry in it. */
  readonly linePrefix: string;
  readonly line: number;
  /** What lies between these two on the line is replaced in any case; the same when no entry is selected. */
  readonly startCharacter: number;
  readonly endCharacter: number;
}

/** A longer line is not repeated in every suggestion. */
const maxRepeatedUnits = 2_000;

export function insertionPointAt(excerpt: Excerpt, selected: SelectedEntry | undefined): InsertionPoint {
  const { position, before, beforeOffset, after, linePrefix } = excerpt;
  const { line, character } = position;
  const plain = { before, beforeOffset, after, linePrefix, line, startCharacter: character, endCharacter: character };
  if (!selected || !isAround(selected, position)) return plain;
  const { start, end } = selected.range;
  const typedUnits = character - start.character;
  return {
    ...plain,
    before: before.slice(0, before.length - typedUnits) + selected.text,
    after: after.slice(end.character - character),
    linePrefix: linePrefix.slice(0, start.character) + selected.text,
    startCharacter: start.character,
    endCharacter: end.character,
  };
}

function isAround({ range: { start, end }, text }: SelectedEntry, { line, character }: LspPosition): boolean {
  const isOneLine = start.line === line && end.line === line && !/[\r\n]/.test(text);
  return isOneLine && start.character <= character && end.character >= character;
}

/** Where in the document each item's own text will begin. `offset` is the cursor's. */
export function offeredTexts(items: readonly CompletionItem[], offset: number): readonly OfferedText[] {
  return items.map(({ id, text, replaceBefore }) => ({ id, text, start: offset - replaceBefore }));
}

/**
 * The text to insert and what it replaces. In style `line` the text repeats the line up to the cursor: clients then
 * shrink the suggestion as it is typed, and some rely on a range that starts at column 0.
 */
export function fitItem(
  item: CompletionItem,
  point: InsertionPoint,
  style: RangeStyle,
): { readonly insertText: string; readonly range: LspRange } {
  const { linePrefix, line } = point;
  const keptUnits = Math.max(0, linePrefix.length - item.replaceBefore);
  const repeatsLine = style === "whole-line" || (style === "line" && linePrefix.length <= maxRepeatedUnits);
  const start = repeatsLine ? 0 : Math.min(point.startCharacter, keptUnits);
  return {
    insertText: linePrefix.slice(start, keptUnits) + item.text,
    range: {
      start: { line, character: start },
      end: { line, character: point.endCharacter + item.replaceAfter },
    },
  };
}
