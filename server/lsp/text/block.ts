// A stretch of a document's text, short enough to be made anew at each key. Which line a place is on, and where a line
// begins, is asked of the library, so that a line here is what it is there.

import { TextDocument } from "vscode-languageserver-textdocument";

/** Never changes. */
export class Block {
  readonly text: string;
  /** UTF-16 units. */
  readonly units: number;
  readonly lineEnds: number;
  #lines: TextDocument | undefined;

  constructor(text: string) {
    this.text = text;
    this.units = text.length;
    this.#lines = linesOf(text);
    this.lineEnds = this.#lines.lineCount - 1;
  }

  /** Offset of the line that begins behind so many line ends; 0 for the one that the block begins in. */
  startOfLine(lineEnds: number): number {
    return this.#document().offsetAt({ line: lineEnds, character: 0 });
  }

  /** How many lines end before `offset`. */
  lineEndsBefore(offset: number): number {
    return this.#document().positionAt(offset).line;
  }

  /** Gives up memory that is needed only where somebody works. */
  rest(): this {
    this.#lines = undefined;
    return this;
  }

  #document(): TextDocument {
    this.#lines ??= linesOf(this.text);
    return this.#lines;
  }
}

/**
 * The text in blocks of about `blockUnits`, none of more than twice as many. What counts as one is never cut in two: a
 * line end of two units, a surrogate pair.
 */
export function blocksOf(text: string, blockUnits: number): readonly Block[] {
  if (text.length <= 2 * blockUnits) return [new Block(text)];
  const units = Math.ceil(text.length / Math.ceil(text.length / blockUnits));
  const blocks: Block[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + units, text.length);
    const isTorn = belongTogether(text.charCodeAt(end - 1), text.charCodeAt(end));
    const block = new Block(text.slice(start, isTorn ? end + 1 : end));
    blocks.push(block.rest());
    start += block.units;
  }
  return blocks;
}

/** Whether two units that follow one another are one line end or one character. */
export function belongTogether(unit: number, next: number): boolean {
  return (unit === 13 && next === 10) || isSurrogatePair(unit, next);
}

export function isSurrogatePair(unit: number, next: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
}

function linesOf(text: string): TextDocument {
  return TextDocument.create("", "", 0, text);
}
