// Globs of an organisation's rules, matched as the official clients do it (minimatch with `nocase`, `matchBase`, `nonegate`
// and `dot`). Where picomatch would match less than minimatch, it is helped; where it matches more, the file is kept back.

import picomatch from "picomatch";

/** Whether the glob matches one spelling of a path, `/` between parts. */
export type GlobMatcher = (path: string) => boolean;

const maxSteps = 1_000;

/** Throws for what is no glob. */
export function compileGlob(glob: string): GlobMatcher {
  // On Windows a backslash separates folders, elsewhere it takes a sign's meaning away: who wrote it is not known.
  const spellings = [...new Set([glob, glob.replaceAll("\\", "/")])];
  const matchers = spellings.map((spelling) =>
    picomatch(spelling, {
      dot: true,
      nocase: true,
      nonegate: true,
      posix: true,
      // Of a glob with a slash, picomatch would match the last part as well.
      basename: !spelling.includes("/"),
      expandRange,
    }),
  );
  return (path) => matchers.some((matches) => matches(path));
}

/** `{1..12}` as the numbers that it stands for: without this picomatch makes a set of characters of it. */
function expandRange(from: string, to: string, third: unknown): string {
  // Without a step, what comes third are picomatch's options.
  const step = typeof third === "string" ? third : "1";
  if (/^[a-z]$/i.test(from) && /^[a-z]$/i.test(to)) {
    const [low, high] = [from, to].sort();
    return `[${low ?? ""}-${high ?? ""}]`;
  }
  const [one, other, by] = [from, to, step].map(Number);
  if (one === undefined || other === undefined || !by || ![one, other, by].every(Number.isInteger))
    throw new Error(`{${from}..${to}} is no range`);
  const count = Math.floor(Math.abs(other - one) / Math.abs(by)) + 1;
  if (count > maxSteps) throw new Error(`{${from}..${to}} has too many numbers`);
  const isPadded = [from, to].some((text) => /^-?0\d/.test(text));
  const width = isPadded ? Math.max(from.length, to.length) : 0;
  const sign = other < one ? -Math.abs(by) : Math.abs(by);
  const numbers = Array.from({ length: count }, (_, index) => padded(one + index * sign, width));
  return `(?:${numbers.join("|")})`;
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${String(-value).padStart(width - 1, "0")}` : String(value).padStart(width, "0");
}
