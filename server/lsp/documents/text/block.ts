// A stretch of a document's text. Which line a place is on, and where a line begins, is asked of the library's document,
// which is made where somebody looks, and moves on to the block that an edit makes of this one.

import { TextDocument } from "vscode-languageserver-textdocument";
import { isSurrogatePair } from "../../../runtime/text-units.ts";

/** Its text never changes. */
export class Block {
  readonly text: string;
  /** UTF-16 units. */
  readonly units: number;
  readonly lineEnds: number;
  #document: TextDocument | undefined;

  /** `document`: one that has this very text, and nobody else has. */
  constructor(text: string, document?: TextDocument) {
    this.text = text;
    this.units = text.length;
    this.lineEnds = document ? document.lineCount - 1 : lineEndsIn(text);
    this.#document = document;
  }

  /** Offset of the line that begins behind so many line ends; 0 for the one that the block begins in. */
  startOfLine(lineEnds: number): number {
    return this.#lines().offsetAt({ line: lineEnds, character: 0 });
  }

  /** How many lines end before `offset`. */
  lineEndsBefore(offset: number): number {
    return this.#lines().positionAt(offset).line;
  }

  /** The block in which `text` stands in place of what is between `start` and `end`. */
  with(start: number, end: number, text: string): Block {
    const document = this.#lines();
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    // No position is inside a line end.
    if (document.offsetAt(range.start) !== start || document.offsetAt(range.end) !== end) {
      return new Block(this.text.slice(0, start) + text + this.text.slice(end));
    }
    // Its lines are kept up with the edit, and need not be found again at each key.
    this.#document = undefined;
    TextDocument.update(document, [{ range, text }], 0);
    return new Block(document.getText(), document);
  }

  #lines(): TextDocument {
    this.#document ??= TextDocument.create("", "", 0, this.text);
    return this.#document;
  }
}

/**
 * The text in blocks of at most `maxUnits`, which leave one another room to grow. What counts as one is never cut in two,
 * even if a block gets a unit too long: a line end of two units, a surrogate pair.
 */
export function blocksOf(text: string, maxUnits: number): readonly Block[] {
  if (text.length <= maxUnits) return [new Block(text)];
  const units = Math.ceil(text.length / Math.ceil(text.length / (maxUnits / 2)));
  const blocks: Block[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + units, text.length);
    const isTorn = belongTogether(text.charCodeAt(end - 1), text.charCodeAt(end));
    const block = new Block(text.slice(start, isTorn ? end + 1 : end));
    blocks.push(block);
    start += block.units;
  }
  return blocks;
}

/** Whether two units that follow one another are one line end or one character. */
export function belongTogether(unit: number, next: number): boolean {
  return (unit === 13 && next === 10) || isSurrogatePair(unit, next);
}

// A document that is opened has many blocks; to search is far cheaper than to make the library's document of each.
function lineEndsIn(text: string): number {
  return countOf("\n", text) + countOf("\r", text) - countOf("\r\n", text);
}

function countOf(what: string, text: string): number {
  let count = 0;
  for (let at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + what.length)) count += 1;
  return count;
}
