// The git work trees that a file lies in, with their remotes, read from disk as git keeps them (gitrepository-layout):
// `.git` is a folder, or in a submodule or an added work tree a file that names one. Runs no git.

import { dirname, join, resolve } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { type AddressRewrite, includesIn, remotesIn, rewritesIn } from "./git-config.ts";

interface Deps {
  readonly clock: Clock;
  /** Rejects for what is no readable file, folders included. */
  readonly readFile: (path: string) => Promise<string>;
  /** Whether an error of `readFile` says that there is no such file. */
  readonly isMissing: (error: unknown) => boolean;
  /** Configuration files of git beside those of repositories: they may rewrite addresses. */
  readonly configFiles: readonly string[];
  /** What `~` means in them. */
  readonly homeFolder: string;
}

export interface WorkTree {
  /** Absolute path of its folder. */
  readonly root: string;
  /** Addresses of the remotes as they are written, `origin` first. */
  readonly remotes: readonly string[];
  /** What `url.BASE.insteadOf` may make of them, here or in the person's configuration. */
  readonly rewritten: readonly string[];
}

/** The innermost first; none outside of a work tree. Rejects when a file of git cannot be read. */
export type FindWorkTrees = (file: string) => Promise<readonly WorkTree[]>;

// A remote that was added meanwhile is found after this.
const keptMs = 60_000;
const maxKept = 1_000;
const maxIncludeDepth = 3;
const maxIncludes = 20;

export function createFindWorkTrees(deps: Deps): FindWorkTrees {
  const { clock, readFile, isMissing, configFiles, homeFolder } = deps;
  let common: { readonly atMs: number; readonly rewrites: Promise<readonly AddressRewrite[]> } | undefined;
  const byFolder = new Map<string, { readonly atMs: number; readonly trees: Promise<readonly WorkTree[]> }>();

  const read = (path: string): Promise<string | undefined> =>
    readFile(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });

  /** Of a file and of what it includes. */
  async function rewritesOf(path: string, depth = 0): Promise<readonly AddressRewrite[]> {
    const config = await read(path);
    return config === undefined ? [] : rewritesOfText(config, dirname(path), depth);
  }

  async function rewritesOfText(config: string, folder: string, depth: number): Promise<readonly AddressRewrite[]> {
    const files = depth === maxIncludeDepth ? [] : includesIn(config).slice(0, maxIncludes);
    const paths = files.map((file) => resolve(folder, file.startsWith("~/") ? join(homeFolder, file.slice(2)) : file));
    const included = await Promise.all(paths.map((path) => rewritesOf(path, depth + 1)));
    return [...rewritesIn(config), ...included.flat()];
  }

  function commonRewrites(): Promise<readonly AddressRewrite[]> {
    const nowMs = clock.monotonicMs();
    if (common && nowMs - common.atMs < keptMs) return common.rewrites;
    const rewrites = Promise.all(configFiles.map((path) => rewritesOf(path))).then((lists) => lists.flat());
    const known = { atMs: nowMs, rewrites };
    common = known;
    rewrites.catch(() => {
      if (common === known) common = undefined;
    });
    return rewrites;
  }

  async function treeOf(root: string, config: string): Promise<WorkTree> {
    const remotes = remotesIn(config);
    const rewrites = [...(await rewritesOfText(config, root, 0)), ...(await commonRewrites())];
    const rewritten = remotes.flatMap((remote) =>
      rewrites
        .filter(({ prefix }) => remote.startsWith(prefix))
        .map(({ base, prefix }) => base + remote.slice(prefix.length)),
    );
    return { root, remotes, rewritten: [...new Set(rewritten)] };
  }

  function ofFolder(folder: string): Promise<readonly WorkTree[]> {
    const nowMs = clock.monotonicMs();
    const kept = byFolder.get(folder);
    if (kept && nowMs - kept.atMs < keptMs) return kept.trees;
    const trees = lookIn(folder);
    if (byFolder.size >= maxKept) byFolder.clear();
    byFolder.set(folder, { atMs: nowMs, trees });
    trees.catch(() => byFolder.delete(folder));
    return trees;
  }

  async function lookIn(folder: string): Promise<readonly WorkTree[]> {
    const parent = dirname(folder);
    const outer = parent === folder ? [] : ofFolder(parent);
    const gitFolder = await gitFolderOf(folder);
    const config = await read(join(gitFolder.path, "config"));
    if (config === undefined && gitFolder.isNamed) throw new Error(`${gitFolder.path} is no folder of git`);
    const own = config === undefined ? [] : [await treeOf(folder, config)];
    return [...own, ...(await outer)];
  }

  /** `isNamed`: a file says that it is one. */
  async function gitFolderOf(folder: string): Promise<{ readonly path: string; readonly isNamed: boolean }> {
    const dotGit = join(folder, ".git");
    const pointer = ((await read(dotGit)) ?? "")
      .split("\n")
      .find((line) => line.startsWith("gitdir:"))
      ?.slice("gitdir:".length)
      .trim();
    if (!pointer) return { path: dotGit, isNamed: false };
    const own = resolve(folder, pointer);
    const common = (await read(join(own, "commondir")))?.trim();
    return { path: common ? resolve(own, common) : own, isNamed: true };
  }

  return (file) => ofFolder(dirname(file));
}

/** Addresses of the remotes of the innermost work tree, `origin` first; none where they cannot be read. Never rejects. */
export type FindRemotes = (file: string) => Promise<readonly string[]>;

export function createGitRemotes(findWorkTrees: FindWorkTrees): FindRemotes {
  return (file) =>
    findWorkTrees(file).then(
      ([inner]) => inner?.remotes ?? [],
      () => [],
    );
}
