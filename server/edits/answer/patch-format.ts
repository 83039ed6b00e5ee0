// The answer is a list of patches: a line `path:number`, counted from 0, the lines that go after "-", the lines that come
// after "+". Models count badly, so a patch belongs where its lines are: at its number, else at the one place near it.

import { lineDiff } from "../history/line-diff.ts";
import type { AnswerContext, AnswerFormat, AnswerReader, Hunk } from "./hunk.ts";

/** How far from its number a patch is looked for. */
const searchedLines = 20;

interface Patch {
  readonly path: string;
  readonly line: number;
  readonly removed: string[];
  readonly added: string[];
}

export const patchFormat: AnswerFormat = {
  prediction: ({ path }) => `${path}:`,
  read: createPatchReader,
};

function createPatchReader(context: AnswerContext): AnswerReader {
  let patch: Patch | undefined;
  const taken: { readonly start: number; readonly end: number }[] = [];

  const finish = (): readonly Hunk[] => {
    const found = patch && hunksOf(patch, context);
    patch = undefined;
    if (!found) return [];
    const isFree = found.hunks.every(({ start, end }) => taken.every((one) => end < one.start || start > one.end));
    if (!isFree) return [];
    taken.push(...found.hunks);
    return found.hunks;
  };

  return {
    line(text) {
      const header = /^(?<path>\S.*):(?<line>\d{1,9})\s*$/.exec(text);
      if (patch && text.startsWith("-") && patch.added.length === 0) patch.removed.push(text.slice(1));
      else if (patch && text.startsWith("+")) patch.added.push(text.slice(1));
      else if (header) {
        const hunks = finish();
        const { path = "", line = "" } = header.groups ?? {};
        patch = { path, line: Number(line), removed: [], added: [] };
        return hunks;
      } else return finish();
      return [];
    },
    // The last line of a cut answer may be half a line, and the patch half a patch.
    end: (how) => (how === "whole" ? finish() : []),
  };
}

function hunksOf(
  { path, line, removed, added }: Patch,
  context: AnswerContext,
): { hunks: readonly Hunk[] } | undefined {
  if (path !== context.path || (removed.length === 0 && added.length === 0)) return undefined;
  const start = removed.length === 0 ? insertionLine(line, context) : placeOf(removed, line, context);
  if (start === undefined) return undefined;
  const hunks = lineDiff(removed, added).map((run) => ({
    start: start + run.start,
    end: start + run.end,
    lines: added.slice(run.newStart, run.newEnd),
  }));
  return { hunks };
}

/** Behind the last line there is nothing to insert before. */
function insertionLine(line: number, { lines }: AnswerContext): number | undefined {
  return line === 0 || lines(line - 1, line).length === 1 ? line : undefined;
}

function placeOf(removed: readonly string[], line: number, { lines }: AnswerContext): number | undefined {
  const first = Math.max(0, line - searchedLines);
  const around = lines(first, line + searchedLines + removed.length);
  const isAt = (start: number): boolean => removed.every((text, index) => around[start + index] === text);
  if (line >= first && isAt(line - first)) return line;
  const places = around.map((_, start) => start).filter(isAt);
  return places.length === 1 && places[0] !== undefined ? first + places[0] : undefined;
}
