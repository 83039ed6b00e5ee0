// The alternatives of an answer under the numbers that its partial texts have. One of which nothing came has a number
// too, so that the others keep theirs.

import type { CompletionItem } from "../../shared/completion.ts";

/** In the order of `items`. */
export function byIndex(items: readonly CompletionItem[]): ReadonlyMap<number, CompletionItem> {
  return new Map(items.map((item, place) => [item.index ?? place, item]));
}
