// A text before and after a piece of work on it: what is changed by hand first, and what then has to follow.

import { type LineRun, lineDiff } from "../../../server/edits/history/line-diff.ts";
import { wordDiff, wordsOf } from "../../../server/edits/memory/words.ts";

export type Kind = "rename" | "argument" | "field" | "commit" | "none";

export interface Refactoring {
  readonly name: string;
  readonly kind: Kind;
  readonly languageId: string;
  readonly path: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Where the work begins: a line of `before`. */
  readonly firstLine: number;
  /** The word that the first change brings in; whoever knows it knows all that follows. Absent: known change by change. */
  readonly newWord: string | undefined;
}

/** A run of lines with what stands there and what shall. */
export interface Step {
  readonly run: LineRun;
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/** What is left to do, in order. */
export function stepsTo(text: readonly string[], after: readonly string[]): readonly Step[] {
  return lineDiff(text, after).map((run) => ({
    run,
    old: text.slice(run.start, run.end),
    now: after.slice(run.newStart, run.newEnd),
  }));
}

export function sizeOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { old, now }) => sum + old.length + now.length, 0);
}

/** Whether somebody who has seen `done` can know `step`: the same words gave way to the same words, or the same lines came. */
export function isDerivable(step: Pick<Step, "old" | "now">, done: readonly Pick<Step, "old" | "now">[]): boolean {
  const known = new Set(done.flatMap(changesOf));
  const wanted = changesOf(step);
  return wanted.length > 0 && wanted.every((change) => known.has(change));
}

function changesOf({ old, now }: Pick<Step, "old" | "now">): readonly string[] {
  if (old.length === 0)
    return now.some(hasWord) ? [JSON.stringify(["", now.map((line) => line.trim()).join("\n")])] : [];
  const before = old.join("\n");
  const changes = wordDiff(before, now.join("\n")).map(({ start, end, text }) =>
    [before.slice(start, end), text].map(bare),
  );
  return changes.filter((pair) => pair.some(hasWord)).map((pair) => JSON.stringify(pair));
}

/** A list's comma stands before one entry and behind another. */
function bare(text: string): string {
  return text.trim().replace(/^,\s*/, "").replace(/,$/, "");
}

function hasWord(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** With each whole word `from` outside of strings as `to`. */
export function withWord(line: string, from: string, to: string): string {
  return wordsOf(line)
    .map((word) => (word === from ? to : word))
    .join("");
}
