// The `.copilotignore` files in the folders of a file, read when they are new or changed. Who wants them is promised that
// they hold, so one that cannot be read excludes everything below its folder.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../shared/context.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import { describeError } from "../../shared/errors.ts";
import { atMost } from "../runtime/cancel.ts";
import { readBounded } from "../runtime/read-bounded.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { belowFolder } from "./paths.ts";
import type { TimeLimit } from "./time-limit.ts";

export interface IgnoreFiles {
  /** `folders`: of the file, innermost first; all are looked at already. */
  verdict(path: string, folders: readonly string[]): Exclusion | undefined;
  /** Looks into the folders, unless that was done a moment ago; undefined: it was. Never rejects. */
  settle(folders: readonly string[]): Promise<void> | undefined;
}

type FolderState =
  | { readonly kind: "none" }
  | { readonly kind: "rules"; readonly rules: IgnoreRules; readonly identity: string }
  | { readonly kind: "unreadable"; readonly message: string };

interface Entry {
  state: FolderState;
  lookedAtMs?: number;
  looking?: Promise<void>;
}

export const ignoreFileName = ".copilotignore";

// Who changes the file expects it to hold at once; who types asks more often than this.
const freshMs = 1_000;
const limitMs = 2_000;
const maxBytes = 256 * 1024;
// Each costs some 30 us when the file is read.
const maxPatterns = 5_000;
const maxFolders = 2_000;
const maxPaths = 1_000;
const matchLimitMs = 100;

export function createIgnoreFiles({ clock }: { readonly clock: Clock }): IgnoreFiles {
  const entries = new LRUCache<string, Entry>({ max: maxFolders });
  const verdicts = new LRUCache<string, { readonly exclusion: Exclusion | undefined }>({ max: maxPaths });
  let limit: TimeLimit | undefined;

  const take = (entry: Entry, state: FolderState): void => {
    entry.lookedAtMs = clock.monotonicMs();
    delete entry.looking;
    if (entry.state.kind === "none" && state.kind === "none") return;
    if (entry.state !== state) verdicts.clear();
    entry.state = state;
  };

  async function look(folder: string, before: FolderState): Promise<FolderState> {
    const path = join(folder, ignoreFileName);
    const found = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (!found) return { kind: "none" };
    const identity = [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(" ");
    if (before.kind === "rules" && before.identity === identity) return before;
    const [bytes, { parseIgnoreRules }, { createTimeLimit }] = await Promise.all([
      readBounded(path, maxBytes),
      import("./ignore-rules.ts"),
      import("./time-limit.ts"),
    ]);
    limit ??= createTimeLimit();
    return { kind: "rules", rules: parseIgnoreRules(bytes, maxPatterns), identity };
  }

  function settleFolder(folder: string): Promise<void> | undefined {
    let entry = entries.get(folder);
    if (!entry) {
      entry = { state: { kind: "none" } };
      entries.set(folder, entry);
    }
    if (entry.looking) return entry.looking;
    const { lookedAtMs, state } = entry;
    if (lookedAtMs !== undefined && clock.monotonicMs() - lookedAtMs < freshMs) return undefined;
    const known = entry;
    known.looking = atMost(clock, limitMs, look(folder, state)).then(
      (next) => take(known, next),
      (error: unknown) => {
        const message = `${join(folder, ignoreFileName)} cannot be read: ${describeError(error)}.`;
        take(known, { kind: "unreadable", message });
      },
    );
    return known.looking;
  }

  /** As git does it: the innermost file that says something decides, and below an ignored folder nothing is included. */
  function match(path: string, folders: readonly string[]): Exclusion | undefined {
    const files = folders.flatMap((folder) => {
      const state = entries.peek(folder)?.state;
      return state?.kind === "rules" ? [{ folder, rules: state.rules }] : [];
    });
    for (const level of [...folders.toReversed().slice(1), path]) {
      const end = level === path ? "" : "/";
      for (const { folder, rules } of files) {
        const below = belowFolder(level, folder);
        const said = below === undefined ? undefined : rules.test(below + end);
        if (said === "ignored")
          return { by: "ignore-file", message: `${join(folder, ignoreFileName)} excludes this file.` };
        if (said === "included") break;
      }
    }
    return undefined;
  }

  return {
    verdict(path, folders) {
      let isAny = false;
      for (const folder of folders) {
        const state = entries.get(folder)?.state;
        if (state?.kind === "unreadable") return { by: "ignore-file", message: state.message };
        isAny ||= state?.kind === "rules";
      }
      if (!isAny || !limit) return undefined;
      const key = [path, folders.at(-1)].join("\n");
      const known = verdicts.get(key);
      if (known) return known.exclusion;
      const result = limit(matchLimitMs, () => match(path, folders));
      const message = `The patterns of ${ignoreFileName} take too long to apply.`;
      const exclusion: Exclusion | undefined = result === "too-slow" ? { by: "ignore-file", message } : result.value;
      verdicts.set(key, { exclusion });
      return exclusion;
    },
    settle(folders) {
      const waits = folders.map(settleFolder).filter((wait) => wait !== undefined);
      return waits.length === 0 ? undefined : Promise.all(waits).then(() => undefined);
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code));
}
