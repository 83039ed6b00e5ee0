// Blocks in their order, as a balanced tree that never changes: another text is another tree, which shares with the first
// one every part that is the same. Finding a place and exchanging a part take a few steps, however many blocks there are.

import { Block } from "./block.ts";

export type Tree = Block | Branch;

class Branch {
  readonly left: Tree;
  readonly right: Tree;
  readonly units: number;
  readonly lineEnds: number;
  readonly height: number;

  constructor(left: Tree, right: Tree) {
    this.left = left;
    this.right = right;
    this.units = left.units + right.units;
    this.lineEnds = left.lineEnds + right.lineEnds;
    this.height = Math.max(heightOf(left), heightOf(right)) + 1;
  }
}

/** A block and what stands before it. */
export interface Found {
  readonly block: Block;
  readonly unitsBefore: number;
  readonly lineEndsBefore: number;
}

/** A block and the trees on both sides of it, where there is anything. */
export interface Surrounded {
  readonly left: Tree | undefined;
  readonly block: Block;
  readonly right: Tree | undefined;
}

export function heightOf(tree: Tree): number {
  return tree instanceof Block ? 0 : tree.height;
}

/** `blocks` must not be empty. */
export function treeOf(blocks: readonly Block[], from = 0, to = blocks.length): Tree {
  const middle = (from + to) >> 1;
  const only = middle === from ? blocks[from] : undefined;
  return only ?? new Branch(treeOf(blocks, from, middle), treeOf(blocks, middle, to));
}

export function join(left: Tree | undefined, right: Tree): Tree;
export function join(left: Tree, right: Tree | undefined): Tree;
export function join(left: Tree | undefined, right: Tree | undefined): Tree | undefined {
  return left && right ? joined(left, right) : (left ?? right);
}

/** The block with the unit at `offset`; the last one from the text's end on. */
export function blockAt(tree: Tree, offset: number): Found {
  return find(tree, (left, before) => offset < before.units + left.units);
}

/** The block with the line end of this number, counted from 1. */
export function blockWithLineEnd(tree: Tree, number: number): Found {
  return find(tree, (left, before) => number <= before.lineEnds + left.lineEnds);
}

/** As `blockAt`, with what is left and right of it. */
export function around(tree: Tree, offset: number): Surrounded {
  if (tree instanceof Block) return { left: undefined, block: tree, right: undefined };
  const { left, right } = tree;
  if (offset < left.units) {
    const found = around(left, offset);
    return { ...found, right: join(found.right, right) };
  }
  const found = around(right, offset - left.units);
  return { ...found, left: join(left, found.left) };
}

/** Calls `take` with each piece of the text from `start` up to `end`. */
export function eachPiece(tree: Tree, start: number, end: number, take: (text: string) => void): void {
  if (start >= end) return;
  if (tree instanceof Block) return take(tree.text.slice(Math.max(0, start), end));
  const { units } = tree.left;
  if (start < units) eachPiece(tree.left, start, Math.min(end, units), take);
  if (end > units) eachPiece(tree.right, Math.max(0, start - units), end - units, take);
}

/** Whether `units` units from `offset` on are those of `other` from `otherOffset` on. Parts that both share cost nothing. */
export function isSame(tree: Tree, offset: number, other: Tree, otherOffset: number, units: number): boolean {
  if (units <= 0 || (tree === other && offset === otherOffset)) return true;
  // The taller one first: so both come to a part that they share at the same time.
  if (tree instanceof Branch && tree.height >= heightOf(other)) {
    const { left, right } = tree;
    const leftUnits = Math.min(units, left.units - offset);
    if (leftUnits <= 0) return isSame(right, offset - left.units, other, otherOffset, units);
    return (
      isSame(left, offset, other, otherOffset, leftUnits) &&
      isSame(right, 0, other, otherOffset + leftUnits, units - leftUnits)
    );
  }
  if (other instanceof Branch) return isSame(other, otherOffset, tree, offset, units);
  if (!(tree instanceof Block)) return false;
  return tree.text.slice(offset, offset + units) === other.text.slice(otherOffset, otherOffset + units);
}

/** How many units from the start of the tree on are those of `text` from `offset` on. */
export function sameAtStart(tree: Tree, text: string, offset = 0): number {
  if (tree instanceof Branch) {
    const same = sameAtStart(tree.left, text, offset);
    return same < tree.left.units ? same : same + sameAtStart(tree.right, text, offset + same);
  }
  if (text.startsWith(tree.text, offset)) return tree.units;
  let same = 0;
  while (same < tree.units && tree.text.charCodeAt(same) === text.charCodeAt(offset + same)) same += 1;
  return same;
}

/** How many units up to the end of the tree are those of `text` up to `end`. */
export function sameAtEnd(tree: Tree, text: string, end = text.length): number {
  if (tree instanceof Branch) {
    const same = sameAtEnd(tree.right, text, end);
    return same < tree.right.units ? same : same + sameAtEnd(tree.left, text, end - same);
  }
  if (text.endsWith(tree.text, end)) return tree.units;
  let same = 0;
  while (same < tree.units && tree.text.charCodeAt(tree.units - 1 - same) === text.charCodeAt(end - 1 - same)) {
    same += 1;
  }
  return same;
}

function find(
  tree: Tree,
  isLeft: (left: Tree, before: { readonly units: number; readonly lineEnds: number }) => boolean,
): Found {
  let node = tree;
  const before = { units: 0, lineEnds: 0 };
  while (node instanceof Branch) {
    const { left, right } = node;
    if (isLeft(left, before)) node = left;
    else {
      before.units += left.units;
      before.lineEnds += left.lineEnds;
      node = right;
    }
  }
  return { block: node, unitsBefore: before.units, lineEndsBefore: before.lineEnds };
}

// The shorter tree goes down the side of the taller one that faces it, until it meets its like.
function joined(left: Tree, right: Tree): Tree {
  const tilt = heightOf(left) - heightOf(right);
  if (tilt > 1 && left instanceof Branch) return balanced(left.left, joined(left.right, right));
  if (tilt < -1 && right instanceof Branch) return balanced(joined(left, right.left), right.right);
  return new Branch(left, right);
}

/** For heights that differ by two at most. */
function balanced(left: Tree, right: Tree): Tree {
  const tilt = heightOf(left) - heightOf(right);
  if (tilt > 1 && left instanceof Branch) {
    const inner = left.right;
    if (inner instanceof Block || heightOf(left.left) >= inner.height) {
      return new Branch(left.left, new Branch(inner, right));
    }
    return new Branch(new Branch(left.left, inner.left), new Branch(inner.right, right));
  }
  if (tilt < -1 && right instanceof Branch) {
    const inner = right.left;
    if (inner instanceof Block || heightOf(right.right) >= inner.height) {
      return new Branch(new Branch(left, inner), right.right);
    }
    return new Branch(new Branch(left, inner.left), new Branch(inner.right, right.right));
  }
  return new Branch(left, right);
}
