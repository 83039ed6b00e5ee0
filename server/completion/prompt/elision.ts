// Shares out the room: the text before the cursor, which is worth most, takes what it needs and is cut from the top if that
// is more than there is. What is left goes to the blocks that are worth most and fit.

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
  // As for most programs, which show one text.
  if (blocks.length === 0) return { blocks, blockTokens: 0, prefix: clipHead(before, maxTokens) };
  const kept = new Set(blocks.filter(({ worth }) => worth === 1));
  const prefix = clipHead(before, maxTokens - sumOf(kept));
  // Of equals, the one next to the text stays.
  const dearestFirst = blocks
    .filter(({ worth }) => worth < 1)
    .reverse()
    .sort((one, other) => other.worth - one.worth);
  for (const block of dearestFirst) {
    if (sumOf(kept) + prefix.tokens + block.tokens <= maxTokens) kept.add(block);
  }
  return { blocks: blocks.filter((block) => kept.has(block)), blockTokens: sumOf(kept), prefix };
}

function sumOf(blocks: Iterable<CostedBlock>): number {
  let sum = 0;
  for (const { tokens } of blocks) sum += tokens;
  return sum;
}
