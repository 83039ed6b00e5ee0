// Work that was really done: files that commits of this repository changed in several places, read from its history.

import { execFileSync } from "node:child_process";
import { type Refactoring, stepsTo } from "./refactoring.ts";

const [fewestSteps, mostSteps] = [2, 12];
const [mostLines, mostStepLines] = [900, 12];
const mostPerCommit = 2;

interface Changed {
  readonly commit: string;
  readonly path: string;
  readonly blobs: readonly [before: string, after: string];
}

/** Newest first, at most `count`. None where there is no history. */
export function committedWork(root: string, count: number): readonly Refactoring[] {
  const git = (args: readonly string[], input = ""): string =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", input, maxBuffer: 512 * 1024 * 1024 });
  let changed: readonly Changed[] = [];
  try {
    changed = filesOf(
      git(["log", "--no-merges", "--raw", "--no-abbrev", "--diff-filter=M", "--format=%H", "--", "*.ts"]),
    );
  } catch {
    return [];
  }
  const texts = textsOf(git(["cat-file", "--batch"], changed.flatMap(({ blobs }) => blobs).join("\n")));
  const perCommit = new Map<string, number>();
  const found: Refactoring[] = [];
  for (const { commit, path, blobs } of changed) {
    if (found.length >= count) break;
    const taken = perCommit.get(commit) ?? 0;
    const [before = [], after = []] = blobs.map((blob) => texts.get(blob));
    if (taken >= mostPerCommit || Math.max(before.length, after.length) > mostLines) continue;
    // The oracle reads prompts by their tags.
    if ([...before, ...after].some((line) => line.includes("<|"))) continue;
    const steps = stepsTo(before, after);
    if (steps.length < fewestSteps || steps.length > mostSteps) continue;
    if (steps.some(({ old, now }) => Math.max(old.length, now.length) > mostStepLines)) continue;
    perCommit.set(commit, taken + 1);
    found.push({
      name: `${commit.slice(0, 8)} ${path}`,
      kind: "commit",
      languageId: "typescript",
      path,
      before,
      after,
      firstLine: steps[0]?.run.start ?? 0,
      newWord: undefined,
    });
  }
  return found;
}

/** `log`: hashes of commits, each followed by raw lines such as `:100644 100644 OLD NEW M<tab>PATH`. */
function filesOf(log: string): readonly Changed[] {
  let commit = "";
  return log.split("\n").flatMap((line) => {
    const [, before, after, path] = /^:\d+ \d+ (\w+) (\w+) M\t(.*)$/.exec(line) ?? [];
    if (before !== undefined && after !== undefined && path !== undefined)
      return [{ commit, path, blobs: [before, after] }];
    if (line !== "") commit = line;
    return [];
  });
}

/** Of `cat-file --batch`: a line `HASH blob BYTES`, as many bytes, and a line end. */
function textsOf(batch: string): ReadonlyMap<string, readonly string[]> {
  const bytes = Buffer.from(batch);
  const texts = new Map<string, readonly string[]>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf("\n", at);
    const [blob = "", , size = "0"] = bytes.toString("utf8", at, end).split(" ");
    const start = end + 1;
    texts.set(blob, bytes.toString("utf8", start, start + Number(size)).split("\n"));
    at = start + Number(size) + 1;
  }
  return texts;
}
