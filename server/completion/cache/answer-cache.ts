// Answers of the service by the text around their position; one cache for all callers. Bounded in bytes, the least
// recently used go first. An answer is found from every position inside it: the entries are keyed by the line on which an
// answer began, and a lookup tries the lines above the position, nearest first. It never reads a whole document.

import { LRUCache } from "lru-cache";
import type { CompletionSource, Finish } from "../../../shared/completion.ts";
import { detached } from "../../runtime/detached-string.ts";
import { type Anchor, anchorOf, contextEndAt, typedSince } from "../anchor.ts";
import type { PromptPosition } from "../prompt-position.ts";
import type { ChoiceText } from "../query.ts";
import type { Extent, Plan } from "../strategy.ts";
import { serve } from "./remainder.ts";

export interface Remembered {
  readonly texts: readonly ChoiceText[];
  readonly model: string;
  readonly source: CompletionSource;
  /** Why nothing came, when nothing did. */
  readonly finish: Finish | undefined;
}

export interface AnswerCache {
  /** Undefined: not known. No texts: known that nothing comes. */
  find(position: PromptPosition, plan: Plan): Remembered | undefined;
  /** `speculative`: nobody has asked for it yet. */
  keep(position: PromptPosition, plan: Plan, answer: Omit<Remembered, "source">, speculative: boolean): void;
  clear(): void;
}

interface Entry {
  readonly anchor: Anchor;
  readonly extent: Extent;
  readonly n: number;
  readonly texts: readonly ChoiceText[];
  readonly model: string;
  readonly finish: Finish | undefined;
  readonly speculative: boolean;
}

// Alternatives of one line: where the cursor stood, how far the answer goes.
const maxEntriesPerLine = 8;
const entryOverheadBytes = 512;

export function createAnswerCache(maxBytes: number): AnswerCache {
  const lines = new LRUCache<string, readonly Entry[]>({
    maxSize: maxBytes,
    sizeCalculation: (entries) => entries.reduce((sum, entry) => sum + bytesOf(entry), 0),
  });

  return {
    find(position, plan) {
      for (const start of position.lineStarts()) {
        const entries = lines.get(keyAt(position, start)) ?? [];
        let nearest: { readonly entry: Entry; readonly texts: readonly ChoiceText[] } | undefined;
        for (const entry of entries) {
          const { anchor } = entry;
          if (nearest && anchor.lineHead.length <= nearest.entry.anchor.lineHead.length) continue;
          const typed = typedSince(anchor, position, start);
          const texts =
            typed === undefined || entry.n < plan.n ? undefined : serve(entry.texts, typed, anchor, entry.extent, plan);
          if (texts) nearest = { entry, texts };
        }
        if (nearest) {
          const { model, finish, speculative } = nearest.entry;
          return { texts: nearest.texts, model, finish, source: speculative ? "speculation" : "cache" };
        }
      }
      return undefined;
    },
    keep(position, plan, { texts, model, finish }, speculative) {
      const anchor = anchorOf(position);
      const [start] = position.lineStarts();
      if (!anchor || start === undefined) return;
      const key = detached(keyAt(position, start));
      const { extent, n } = plan;
      const entries: Entry[] = [{ anchor, extent, n, texts, model, finish, speculative }];
      for (const other of lines.peek(key) ?? []) {
        if (entries.length === maxEntriesPerLine) break;
        if (other.extent !== extent || !isSame(other.anchor, anchor)) entries.push(other);
      }
      lines.set(key, entries);
    },
    clear: () => lines.clear(),
  };
}

function keyAt(position: PromptPosition, start: number): string {
  return `${position.surroundings()} ${contextEndAt(position, start)}`;
}

function isSame(one: Anchor, other: Anchor): boolean {
  return one.lineHead === other.lineHead && one.textAbove === other.textAbove;
}

function bytesOf({ anchor, texts }: Entry): number {
  const chars = anchor.contextEnd.length + anchor.lineHead.length;
  return entryOverheadBytes + 2 * texts.reduce((sum, { text }) => sum + text.length, chars);
}
