// Answers of the service, by what stands before and after their place; one for all who ask. Bounded in bytes, the least
// recently used go first. An answer is found from every place inside it: at each line above the cursor, nearest first,
// are the answers that began on that line, so a lookup costs a few short hashes and never looks at a whole document.

import { LRUCache } from "lru-cache";
import type { CompletionSource, Finish } from "../../../shared/completion.ts";
import { keepLast } from "../../runtime/memoize.ts";
import type { Words } from "../query.ts";
import type { Plan, Reach } from "../strategy.ts";
import { type Origin, typedSince } from "../anchor.ts";
import type { Place } from "../prompt-position.ts";
import { serve } from "./remainder.ts";

export interface Remembered {
  readonly texts: readonly Words[];
  readonly model: string;
  readonly source: CompletionSource;
  /** Why nothing came, when nothing did. */
  readonly finish: Finish | undefined;
}

export interface AnswerCache {
  /** Undefined: not known. No texts: known that nothing comes. */
  find(place: Place, plan: Plan): Remembered | undefined;
  /** `isAhead`: nobody has asked for it yet. */
  keep(place: Place, plan: Plan, answer: Omit<Remembered, "source">, isAhead: boolean): void;
  bytes(): number;
}

interface Entry {
  readonly origin: Origin;
  readonly reach: Reach;
  readonly n: number;
  readonly texts: readonly Words[];
  readonly model: string;
  readonly finish: Finish | undefined;
  readonly isAhead: boolean;
}

const keyChars = 80;
// Alternatives of one line: where the cursor stood, what stood below.
const maxEntriesPerLine = 8;
const entryOverheadBytes = 256;

export function createAnswerCache(maxBytes: number): AnswerCache {
  const lines = new LRUCache<number, readonly Entry[]>({
    maxSize: maxBytes,
    sizeCalculation: (entries) => entries.reduce((sum, entry) => sum + bytesOf(entry), 0),
  });

  // One asker's questions have one shape, most of the time.
  const hashOfShape = keepLast((shape: string) => hashOf(shape, 0, shape.length, 0));

  return {
    find(place, plan) {
      const shape = hashOfShape(place.shape);
      for (const start of place.lineStarts) {
        const entries = lines.get(keyAt(place, start, shape));
        if (!entries) continue;
        let nearest: { readonly entry: Entry; readonly texts: readonly Words[] } | undefined;
        for (const entry of entries) {
          const { origin } = entry;
          if (nearest && origin.lineHead.length <= nearest.entry.origin.lineHead.length) continue;
          const typed = typedSince(origin, place, start);
          const texts =
            typed === undefined || entry.n < plan.n ? undefined : serve(entry.texts, typed, origin, entry.reach, plan);
          if (texts) nearest = { entry, texts };
        }
        if (nearest) {
          const { model, finish, isAhead } = nearest.entry;
          return { texts: nearest.texts, model, finish, source: isAhead ? "speculation" : "cache" };
        }
      }
      return undefined;
    },
    keep(place, plan, { texts, model, finish }, isAhead) {
      const { origin } = place;
      const [start] = place.lineStarts;
      if (!origin || start === undefined) return;
      const key = keyAt(place, start, hashOfShape(place.shape));
      const { reach, n } = plan;
      const entries: Entry[] = [{ origin, reach, n, texts, model, finish, isAhead }];
      for (const other of lines.peek(key) ?? []) {
        if (entries.length === maxEntriesPerLine) break;
        if (other.reach !== reach || !isSame(other.origin, origin)) entries.push(other);
      }
      lines.set(key, entries);
    },
    bytes: () => lines.calculatedSize,
  };
}

/**
 * A number, which costs less than a text to make and to look up. Two lines may share one: what is found is compared with
 * the place all the same.
 */
function keyAt({ window }: Place, start: number, shape: number): number {
  return hashOf(window, Math.max(0, start - keyChars), start, shape);
}

/** FNV-1a over UTF-16 units, begun with `seed`. Source: the Internet-Draft draft-eastlake-fnv, section 2. */
function hashOf(text: string, from: number, to: number, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

function isSame(one: Origin, other: Origin): boolean {
  return one.lineHead === other.lineHead && one.suffix === other.suffix && one.context === other.context;
}

function bytesOf({ origin, texts }: Entry): number {
  const chars = origin.shape.length + origin.context.length + origin.lineHead.length + origin.suffix.length;
  return entryOverheadBytes + 2 * texts.reduce((sum, { text }) => sum + text.length, chars);
}
