// Which files are never sent: path globs as a person writes them. A glob without a slash means the file's name in any
// folder; upper and lower case are the same, because the files are secrets. Knows nothing of where globs come from.

import picomatch from "picomatch";

/** Whether a path is excluded: relative to its workspace folder, `/` between parts. */
export type Exclusion = (path: string) => boolean;

/** Answers the exclusion for a list of globs; the last one is kept, so that asking for each request costs nothing. */
export function createExclusions(): (globs: readonly string[]) => Exclusion {
  let last: { readonly globs: readonly string[]; readonly exclusion: Exclusion } | undefined;
  return (globs) => {
    if (last?.globs !== globs) last = { globs, exclusion: compile(globs) };
    return last.exclusion;
  };
}

function compile(globs: readonly string[]): Exclusion {
  const matchers = globs
    .filter((glob) => glob !== "")
    .map((glob) => picomatch(glob, { dot: true, nocase: true, basename: !glob.includes("/") }));
  return (path) => matchers.some((matches) => matches(path));
}
