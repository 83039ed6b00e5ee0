// Where a file lies, as rules see it: under the name that the editor has for it and under its real one, each with the work
// trees of git around it. Looked up before a request, and again now and then, so that a verdict reads no disk.

import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../shared/context.ts";
import { atMost } from "../runtime/cancel.ts";

export interface WorkTree {
  /** Absolute path of its folder. */
  readonly root: string;
  /** Addresses as they are written, and what they may stand for. */
  readonly remotes: readonly string[];
  readonly rewritten: readonly string[];
}

export interface Spot {
  /** Absolute. */
  readonly path: string;
  /** Innermost first; undefined: they cannot be read. */
  readonly trees: readonly WorkTree[] | undefined;
}

export interface Place {
  /** The path that was asked for, and the real one where that is another. */
  readonly spots: readonly Spot[];
  /** The file's folder is on this machine. */
  readonly isHere: boolean;
}

export interface Places {
  /** As it was last looked up; undefined: never, or the look-up failed. */
  get(path: string): Place | undefined;
  /** Looks the place up, unless that was done a moment ago; undefined: it was. Never rejects. */
  settle(path: string): Promise<void> | undefined;
}

interface Deps {
  readonly clock: Clock;
  /** Rejects when a file of git cannot be read. */
  readonly findWorkTrees: (file: string) => Promise<readonly WorkTree[]>;
}

// A link that is changed meanwhile is found after this.
const freshMs = 10_000;
const limitMs = 2_000;
const maxPlaces = 1_000;

interface Entry {
  place?: Place;
  lookedAtMs?: number;
  looking?: Promise<void>;
}

export function createPlaces({ clock, findWorkTrees }: Deps): Places {
  const entries = new LRUCache<string, Entry>({ max: maxPlaces });

  async function spotOf(path: string): Promise<Spot> {
    const trees = await findWorkTrees(path).catch(() => undefined);
    return { path, trees };
  }

  async function look(path: string): Promise<Place> {
    const real = await realPathOf(path);
    const paths = [...new Set([path, real.path])];
    return { spots: await Promise.all(paths.map(spotOf)), isHere: real.isHere };
  }

  return {
    get: (path) => entries.get(path)?.place,
    settle(path) {
      let entry = entries.get(path);
      if (!entry) {
        entry = {};
        entries.set(path, entry);
      }
      if (entry.looking) return entry.looking;
      const { lookedAtMs } = entry;
      if (lookedAtMs !== undefined && clock.monotonicMs() - lookedAtMs < freshMs) return undefined;
      const known = entry;
      known.looking = atMost(clock, limitMs, look(path)).then(
        (place) => end(known, place),
        () => end(known, undefined),
      );
      return known.looking;
    },
  };

  function end(entry: Entry, place: Place | undefined): void {
    delete entry.looking;
    entry.lookedAtMs = clock.monotonicMs();
    if (place) entry.place = place;
    else delete entry.place;
  }
}

/** Of a file that is not there yet, by its folder. */
async function realPathOf(path: string): Promise<{ readonly path: string; readonly isHere: boolean }> {
  const names: string[] = [];
  for (let folder = path; ; ) {
    try {
      return { path: join(await realpath(folder), ...names), isHere: names.length <= 1 };
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code));
      const parent = dirname(folder);
      if (!isMissing || parent === folder) throw error;
      names.unshift(basename(folder));
      folder = parent;
    }
  }
}
