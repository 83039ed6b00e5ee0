// Which files are never sent: path globs as a person writes them. A glob without a slash means the file's name in any
// folder; one with a slash the path in the workspace folder or the whole path, so that a file outside every folder is
// kept back as well; `~/` is the home folder. Upper and lower case are the same, because the files are secrets, and a
// backup of a file is kept back with it. Knows nothing of where globs come from.

import picomatch from "picomatch";
import { memoizeLast } from "../runtime/memoize.ts";
import { slashed } from "./paths.ts";

/**
 * Whether a file is excluded. `path`: relative to its workspace folder, or just the name of a file outside all of them.
 * `file`: the absolute path, where one is known. `/` between parts.
 */
export type GlobExclusion = (path: string | undefined, file?: string) => boolean;

/** The exclusion for a list of globs. The last list and its last answer are memoized: each key asks again. */
export function createExclusions(homeFolder: string): (globs: readonly string[]) => GlobExclusion {
  const home = `${slashed(homeFolder).replace(/(?<!\/)\/+$/, "")}/`.toLowerCase();
  const inHome = (path: string): string | undefined =>
    path.toLowerCase().startsWith(home) ? path.slice(home.length) : undefined;
  return memoizeLast((globs: readonly string[]) => compile(globs, inHome));
}

function compile(globs: readonly string[], inHome: (path: string) => string | undefined): GlobExclusion {
  const matchers = globs
    .filter((glob) => glob !== "")
    .map((glob) => {
      if (!glob.startsWith("~/")) return matcherOf(glob);
      const matches = matcherOf(glob.slice(2), false);
      return (path: string): boolean => {
        const rest = inHome(path);
        return rest !== undefined && matches(rest);
      };
    });
  return memoizeLast((path: string | undefined, file?: string) => {
    const names = [path, file]
      .filter((name) => name !== undefined)
      .flatMap((name) => [slashed(name), name.replaceAll("\\", "/")])
      .flatMap((name) => [name, originalOf(name)]);
    // Most spellings are the same, and each is matched against dozens of globs.
    return [...new Set(names)].some((name) => matchers.some((matches) => matches(name)));
  });
}

function matcherOf(glob: string, byName = !glob.includes("/")): (path: string) => boolean {
  return picomatch(glob, { dot: true, nocase: true, basename: byName });
}

/** The file that `name` is a backup of, by the names that editors give theirs; `name` itself for all others. */
function originalOf(name: string): string {
  return name
    .replace(/(?:~|\.(?:bak|backup|old|orig|save|tmp|sw[a-z]))$/i, "")
    .replace(/(^|\/)(?:#([^/]+)#|\.#([^/]+))$/, (_, start: string, one = "", other = "") => start + one + other);
}
