import { expect, test } from "vitest";
import { Block } from "../../../server/lsp/documents/text/block.ts";
import { around, heightOf, join, type Tree, treeOf } from "../../../server/lsp/documents/text/tree.ts";

const letters = Array.from({ length: 1_000 }, (_, at) => String(at % 10));

/** A tree of so many blocks is no deeper than this while each two sides of it differ by one level at most. */
const deepest = (blocks: number): number => 1.45 * Math.log2(blocks) + 2;

function textOf(tree: Tree): string {
  return tree instanceof Block ? tree.text : textOf(tree.left) + textOf(tree.right);
}

test("a tree stays shallow and in order however it is put together", () => {
  const blocks = letters.map((letter) => new Block(letter));
  const fromLeft = blocks.reduce<Tree | undefined>((tree, block) => join(tree, block), undefined);
  const fromRight = blocks.reduceRight<Tree | undefined>((tree, block) => join(block, tree), undefined);
  for (const tree of [treeOf(blocks), fromLeft, fromRight]) {
    if (!tree) throw new Error("no blocks");
    expect(textOf(tree)).toBe(letters.join(""));
    expect(heightOf(tree)).toBeLessThan(deepest(letters.length));
  }
});

test("taking blocks out anywhere and putting them in again keeps it so", () => {
  let tree = treeOf(letters.map((letter) => new Block(letter)));
  let at = 7;
  for (let round = 0; round < 3_000; round += 1) {
    at = (at * 31 + 17) % letters.length;
    const { left, block, right } = around(tree, at);
    // Parts of very different heights meet.
    tree = join(left, join(block, right));
    expect(heightOf(tree)).toBeLessThan(deepest(letters.length));
  }
  expect(textOf(tree)).toBe(letters.join(""));
});
