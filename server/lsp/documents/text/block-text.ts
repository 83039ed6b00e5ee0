// A document's text as it is at one moment, kept in blocks. An edit makes another text out of it, which shares all blocks
// but those that the edit touches: so a text stays as it was for whoever holds it, and an edit costs no more in a long
// text than in a short one. Lines and positions are those of the library's `TextDocument` over the whole text.

import type { DocumentText } from "../../../../shared/documents.ts";
import type { LspPosition } from "../../../../shared/lsp.ts";
import { belongTogether, Block, blocksOf } from "./block.ts";
import {
  around,
  blockAt,
  blockWithLineEnd,
  eachPiece,
  isSame,
  join,
  sameAtEnd,
  sameAtStart,
  type Tree,
  treeOf,
} from "./tree.ts";

/** What stands between two offsets gives way to `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

// At each key the text of one block is copied: a microsecond. An excerpt is put together from blocks: the fewer the better.
const usualMaxUnits = 8_192;

export class BlockText implements DocumentText {
  readonly length: number;
  readonly lineCount: number;
  readonly #tree: Tree;
  readonly #maxUnits: number;

  private constructor(tree: Tree, maxUnits: number) {
    this.#tree = tree;
    this.#maxUnits = maxUnits;
    this.length = tree.units;
    this.lineCount = tree.lineEnds + 1;
  }

  /** `maxUnits`: of a block. */
  static of(text: string, maxUnits = usualMaxUnits): BlockText {
    return new BlockText(treeOf(blocksOf(text, maxUnits)), maxUnits);
  }

  slice(start: number, end = this.length): string {
    const pieces: string[] = [];
    eachPiece(this.#tree, Math.max(0, start), Math.min(end, this.length), (text) => pieces.push(text));
    return pieces.length === 1 ? (pieces[0] ?? "") : pieces.join("");
  }

  lines(start: number, end: number): readonly string[] {
    if (start >= Math.min(end, this.lineCount)) return [];
    const text = this.slice(this.#startOfLine(start), this.#startOfLine(end));
    const lines = text.split(/\r\n|\r|\n/);
    return end < this.lineCount ? lines.slice(0, -1) : lines;
  }

  /** As of a string: NaN outside of the text. */
  charCodeAt(offset: number): number {
    const { block, unitsBefore } = blockAt(this.#tree, offset);
    return block.text.charCodeAt(offset - unitsBefore);
  }

  /** Behind the end of a line means its end, below the last line the end of the text. */
  offsetAt({ line, character }: LspPosition): number {
    const start = this.#startOfLine(line);
    const offset = Math.min(start + Math.max(0, character), this.#startOfLine(line + 1));
    return line < this.lineCount ? this.#beforeLineEnd(offset, start) : this.length;
  }

  positionAt(offset: number): LspPosition {
    const inside = Math.max(0, Math.min(offset, this.length));
    const { block, unitsBefore, lineEndsBefore } = blockAt(this.#tree, inside);
    const line = lineEndsBefore + block.lineEndsBefore(inside - unitsBefore);
    const start = this.#startOfLine(line);
    return { line, character: this.#beforeLineEnd(inside, start) - start };
  }

  /** Whether `units` units from `offset` on are those of `other` from `otherOffset` on. */
  matches(offset: number, other: BlockText, otherOffset: number, units: number): boolean {
    if (offset + units > this.length || otherOffset + units > other.length) return false;
    return isSame(this.#tree, offset, other.#tree, otherOffset, units);
  }

  /** The smallest edit that makes this text `text`; undefined when it is that already. */
  editTo(text: string): Edit | undefined {
    const head = sameAtStart(this.#tree, text);
    if (head === text.length && head === this.length) return undefined;
    const tail = Math.min(sameAtEnd(this.#tree, text), Math.min(text.length, this.length) - head);
    return { start: head, end: this.length - tail, text: text.slice(head, text.length - tail) };
  }

  /** `start` and `end` must lie in the text, in this order. */
  with({ start, end, text }: Edit): BlockText {
    const first = around(this.#tree, start);
    const last = around(this.#tree, end);
    const { right } = last;
    let { left } = first;
    const firstStart = left?.units ?? 0;
    const lastStart = this.length - (right?.units ?? 0) - last.block.units;
    let changed =
      first.block === last.block && text.length <= this.#maxUnits
        ? first.block.with(start - firstStart, end - firstStart, text)
        : new Block(first.block.text.slice(0, start - firstStart) + text + last.block.text.slice(end - lastStart));
    // A block that has become small goes to the one before it; so does one that begins with half of what counts as one.
    while (left && (changed.units < this.#maxUnits / 8 || isTorn(left, changed))) {
      const neighbour = around(left, left.units);
      ({ left } = neighbour);
      changed = new Block(neighbour.block.text + changed.text);
    }
    const parts = changed.units > this.#maxUnits ? treeOf(blocksOf(changed.text, this.#maxUnits)) : changed;
    return new BlockText(join(join(left, parts), right), this.#maxUnits);
  }

  lineStart(line: number): number {
    return this.#startOfLine(line);
  }

  #startOfLine(line: number): number {
    if (line <= 0) return 0;
    if (line >= this.lineCount) return this.length;
    const { block, unitsBefore, lineEndsBefore } = blockWithLineEnd(this.#tree, line);
    return unitsBefore + block.startOfLine(line - lineEndsBefore);
  }

  #beforeLineEnd(offset: number, lineStart: number): number {
    let end = offset;
    while (end > lineStart && isLineEnd(this.charCodeAt(end - 1))) end -= 1;
    return end;
  }
}

function isTorn(left: Tree, next: Block): boolean {
  const { block } = blockAt(left, left.units);
  return belongTogether(block.text.charCodeAt(block.units - 1), next.text.charCodeAt(0));
}

function isLineEnd(unit: number): boolean {
  return unit === 10 || unit === 13;
}
