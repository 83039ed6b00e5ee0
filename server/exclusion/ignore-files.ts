// The `.copilotignore` files in the folders of a file, read when they are new or changed. Who wants them is promised that
// they hold, so one that cannot be read excludes everything below its folder.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { LRUCache } from "lru-cache";
import type { Clock } from "../../shared/context.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import { describeError } from "../../shared/errors.ts";
import { isMissingFile } from "../runtime/error-code.ts";
import { readBounded } from "../runtime/read-bounded.ts";
import { whenAll } from "../runtime/when-all.ts";
import type { IgnoreRules } from "./ignore-rules.ts";
import { createLookUps } from "./look-ups.ts";
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

const none: FolderState = { kind: "none" };

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
  const verdicts = new LRUCache<string, { readonly exclusion: Exclusion | undefined }>({ max: maxPaths });
  let limit: TimeLimit | undefined;

  async function look(folder: string, before: FolderState = none): Promise<FolderState> {
    const path = join(folder, ignoreFileName);
    const found = await stat(path).catch((error: unknown) => {
      if (isMissingFile(error)) return undefined;
      throw error;
    });
    if (!found) return none;
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

  const states = createLookUps<FolderState>({
    clock,
    freshMs,
    limitMs,
    maxKeys: maxFolders,
    look,
    onFailure: (folder, error) => ({
      kind: "unreadable",
      message: `${join(folder, ignoreFileName)} cannot be read: ${describeError(error)}.`,
    }),
    onFound(before = none, now) {
      if (before !== now) verdicts.clear();
    },
  });

  /** As git does it: the innermost file that says something decides, and below an ignored folder nothing is included. */
  function match(path: string, folders: readonly string[]): Exclusion | undefined {
    const files = folders.flatMap((folder) => {
      const state = states.get(folder);
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
        const state = states.get(folder);
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
      return whenAll(folders.map(states.settle));
    },
  };
}
