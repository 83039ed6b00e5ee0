// What is looked up on disk before it is asked about: remembered, looked up again now and then, once at a time for each key.

import { LRUCache } from "lru-cache";
import type { Clock } from "../../shared/context.ts";
import { atMost } from "../runtime/cancel.ts";

export interface LookUps<T> {
  /** As it was last looked up; undefined: never, or that failed and left nothing. */
  get(key: string): T | undefined;
  /** Looks it up, unless that was done a moment ago; undefined: it was. Never rejects. */
  settle(key: string): Promise<void> | undefined;
}

interface Entry<T> {
  value?: T | undefined;
  lookedAtMs?: number;
  looking?: Promise<void>;
}

export interface LookUpOptions<T> {
  readonly clock: Clock;
  /** A change is found after this. */
  readonly freshMs: number;
  /** A look-up that takes longer has failed. */
  readonly limitMs: number;
  readonly maxKeys: number;
  /** `before`: what the last look-up found. */
  readonly look: (key: string, before: T | undefined) => Promise<T>;
  /** What holds after a look-up that failed. */
  readonly onFailure: (key: string, error: unknown) => T | undefined;
  readonly onFound?: (before: T | undefined, now: T | undefined) => void;
}

export function createLookUps<T>(options: LookUpOptions<T>): LookUps<T> {
  const { clock, freshMs, limitMs, look, onFailure, onFound } = options;
  const entries = new LRUCache<string, Entry<T>>({ max: options.maxKeys });

  const entryOf = (key: string): Entry<T> => {
    const known = entries.get(key);
    if (known) return known;
    const entry: Entry<T> = {};
    entries.set(key, entry);
    return entry;
  };

  return {
    get: (key) => entries.get(key)?.value,
    settle(key) {
      const entry = entryOf(key);
      if (entry.looking) return entry.looking;
      const { lookedAtMs, value: before } = entry;
      if (lookedAtMs !== undefined && clock.monotonicMs() - lookedAtMs < freshMs) return undefined;
      const end = (now: T | undefined): void => {
        delete entry.looking;
        entry.lookedAtMs = clock.monotonicMs();
        entry.value = now;
        onFound?.(before, now);
      };
      entry.looking = atMost(clock, limitMs, look(key, before)).then(end, (error: unknown) =>
        end(onFailure(key, error)),
      );
      return entry.looking;
    },
  };
}
