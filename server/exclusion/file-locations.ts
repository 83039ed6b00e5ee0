// Where a file lies, as rules see it: under the name that the editor has for it and under its real one, each with the work
// trees of git around it. Looked up before a request, and again now and then, so that a verdict reads no disk.

import { realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { isMissingFile } from "../runtime/error-code.ts";
import { createLookUps, type LookUps } from "./look-ups.ts";

export interface WorkTree {
  /** Absolute path of its folder. */
  readonly root: string;
  /** Addresses as they are written, and what they may stand for. */
  readonly remotes: readonly string[];
  readonly rewritten: readonly string[];
}

export interface LocatedPath {
  /** Absolute. */
  readonly path: string;
  /** Innermost first; undefined: they cannot be read. */
  readonly trees: readonly WorkTree[] | undefined;
}

export interface FileLocation {
  /** The path that was asked for, and the real one where that is another. */
  readonly paths: readonly LocatedPath[];
  /** The file's folder is on this machine. */
  readonly isHere: boolean;
}

/** By the path that a file is asked about with. */
export type FileLocations = LookUps<FileLocation>;

interface Deps {
  readonly clock: Clock;
  /** Rejects when a file of git cannot be read. */
  readonly findWorkTrees: (file: string) => Promise<readonly WorkTree[]>;
}

// A link that is changed meanwhile is found after this.
const freshMs = 10_000;
const limitMs = 2_000;
const maxFiles = 1_000;

export function createFileLocations({ clock, findWorkTrees }: Deps): FileLocations {
  async function pathIn(path: string): Promise<LocatedPath> {
    const trees = await findWorkTrees(path).catch(() => undefined);
    return { path, trees };
  }

  async function look(path: string): Promise<FileLocation> {
    const real = await realPathOf(path);
    const paths = [...new Set([path, real.path])];
    return { paths: await Promise.all(paths.map(pathIn)), isHere: real.isHere };
  }

  return createLookUps({ clock, freshMs, limitMs, maxKeys: maxFiles, look, onFailure: () => undefined });
}

/** Of a file that is not there yet, by its folder. */
async function realPathOf(path: string): Promise<{ readonly path: string; readonly isHere: boolean }> {
  const names: string[] = [];
  for (let folder = path; ; ) {
    try {
      return { path: join(await realpath(folder), ...names), isHere: names.length <= 1 };
    } catch (error) {
      const parent = dirname(folder);
      if (!isMissingFile(error) || parent === folder) throw error;
      names.unshift(basename(folder));
      folder = parent;
    }
  }
}
