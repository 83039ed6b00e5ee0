// The alternatives of an answer under the numbers that its partial texts have. One of which nothing came has a number
// too, so that the others keep theirs.

import type { CompletionItem } from "../../../shared/completion.ts";

/** The number of the item at `place` of its answer. */
export function numberOf(item: CompletionItem, place: number): number {
  return item.index ?? place;
}

/** The alternative of that number; undefined if nothing came of it. */
export function alternative(items: readonly CompletionItem[], number: number): CompletionItem | undefined {
  return items.find((item, place) => numberOf(item, place) === number);
}
