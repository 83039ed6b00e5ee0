// Makes room: what is worth least leaves the prompt first, and the text before the cursor, which is worth most, is cut
// from the top last. What fits into the room that is left over then comes back.

import { type Clip, clipHead } from "./tokens.ts";

export interface CostedBlock {
  readonly text: string;
  readonly tokens: number;
  /** As of a `ContextBlock`. */
  readonly worth: number;
}

export interface Fitted {
  /** In their order. */
  readonly blocks: readonly CostedBlock[];
  readonly blockTokens: number;
  readonly prefix: Clip;
}

export function fitInto(maxTokens: number, blocks: readonly CostedBlock[], before: string): Fitted {
  const uncut = clipHead(before, maxTokens);
  // A text that has to be cut leaves no room for anything that can be left out.
  const wanted = uncut.whole ? uncut.tokens : Number.POSITIVE_INFINITY;
  const cheapestFirst = blocks.filter(({ worth }) => worth < 1).sort((one, other) => one.worth - other.worth);
  const kept = new Set(blocks);
  const left: CostedBlock[] = [];
  for (const block of cheapestFirst) {
    if (sumOf(kept) + wanted <= maxTokens) break;
    kept.delete(block);
    left.push(block);
  }
  const prefix = uncut.whole && sumOf(kept) + wanted <= maxTokens ? uncut : clipHead(before, maxTokens - sumOf(kept));
  for (const block of left.reverse()) {
    if (sumOf(kept) + prefix.tokens + block.tokens <= maxTokens) kept.add(block);
  }
  return { blocks: blocks.filter((block) => kept.has(block)), blockTokens: sumOf(kept), prefix };
}

function sumOf(blocks: Iterable<CostedBlock>): number {
  let sum = 0;
  for (const { tokens } of blocks) sum += tokens;
  return sum;
}
