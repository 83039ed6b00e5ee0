// The git remotes of the work tree that a file lies in, read from disk as git keeps them (gitrepository-layout): `.git`
// is a folder, or in a submodule or an added work tree a file that names one. Runs no git.

import { dirname, join, resolve } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { remotesIn } from "./git-config.ts";

interface Deps {
  readonly clock: Clock;
  /** Rejects for what is no readable file, folders included. */
  readonly readFile: (path: string) => Promise<string>;
}

/** Addresses of the remotes, `origin` first; none outside of a work tree. Never rejects. */
export type FindRemotes = (file: string) => Promise<readonly string[]>;

// A remote that was added meanwhile is found after this.
const keptMs = 60_000;
const maxKept = 1_000;

export function createGitRemotes({ clock, readFile }: Deps): FindRemotes {
  const byFolder = new Map<string, { readonly atMs: number; readonly remotes: Promise<readonly string[]> }>();

  const read = (path: string): Promise<string | undefined> =>
    readFile(path).then(
      (text) => text,
      () => undefined,
    );

  function ofFolder(folder: string): Promise<readonly string[]> {
    const nowMs = clock.monotonicMs();
    const kept = byFolder.get(folder);
    if (kept && nowMs - kept.atMs < keptMs) return kept.remotes;
    const remotes = lookIn(folder);
    if (byFolder.size >= maxKept) byFolder.clear();
    byFolder.set(folder, { atMs: nowMs, remotes });
    return remotes;
  }

  async function lookIn(folder: string): Promise<readonly string[]> {
    const gitFolder = await gitFolderOf(folder);
    if (gitFolder !== undefined) {
      const config = await read(join(gitFolder, "config"));
      if (config !== undefined) return remotesIn(config);
    }
    const parent = dirname(folder);
    return parent === folder ? [] : ofFolder(parent);
  }

  async function gitFolderOf(folder: string): Promise<string | undefined> {
    const dotGit = join(folder, ".git");
    const pointer = ((await read(dotGit)) ?? "")
      .split("\n")
      .find((line) => line.startsWith("gitdir:"))
      ?.slice("gitdir:".length)
      .trim();
    if (!pointer) return dotGit;
    const own = resolve(folder, pointer);
    const common = (await read(join(own, "commondir")))?.trim();
    return common ? resolve(own, common) : own;
  }

  return (file) => ofFolder(dirname(file));
}
