// Compares the window with its new lines while they arrive. Where they differ, new lines are collected until they meet the
// window again; then the change is known, and the rest of the answer need not be waited for.

import { lineDiff } from "../history/line-diff.ts";
import type { AnswerContext, AnswerEnd, AnswerReader, Hunk } from "./hunk.ts";

/** So many equal lines prove that both are at the same place again, whatever is in them. */
const certainLines = 3;
/** As `certainLines`, where each has a letter or a digit. */
const certainWordLines = 2;

/** Applied in order, the hunks make the answer's lines of the window's. */
export function createWindowDiff({
  window,
  windowLines: old,
}: Pick<AnswerContext, "window" | "windowLines">): AnswerReader {
  /** First line of the window that no new line has been found for. */
  let next = 0;
  /** New lines that stand for what begins there. */
  let pending: string[] = [];

  const emit = (oldEnd: number, lines: readonly string[]): readonly Hunk[] => {
    const start = next;
    next = oldEnd;
    pending = [];
    return lineDiff(old.slice(start, oldEnd), lines).map((run) => ({
      start: window.start + start + run.start,
      end: window.start + start + run.end,
      lines: lines.slice(run.newStart, run.newEnd),
    }));
  };

  /** Where the last lines of `pending` stand in the window: their count, and the line behind them. */
  const meeting = (): { readonly count: number; readonly end: number } | undefined => {
    const last = pending.at(-1) ?? "";
    for (let end = next + 1; end <= old.length; end += 1) {
      if (old[end - 1] !== last) continue;
      let count = 1;
      let words = hasWord(last) ? 1 : 0;
      while (count < pending.length && count < end - next && old[end - 1 - count] === pending.at(-1 - count)) {
        if (words === count && hasWord(pending.at(-1 - count) ?? "")) words += 1;
        count += 1;
      }
      const isReplaced = pending.length === end - next;
      if (count >= certainLines || words >= certainWordLines || (isReplaced && pending.length > count))
        return { count, end };
    }
    return undefined;
  };

  /** The line of the window that the last one is the beginning of. */
  const brokenOffAt = (last: string): number =>
    /^\s+$|[\p{L}\p{N}]/u.test(last)
      ? old.findIndex((line, at) => at >= next && line !== last && line.startsWith(last))
      : -1;

  return {
    line(text) {
      if (pending.length === 0 && next < old.length && old[next] === text) {
        next += 1;
        return [];
      }
      pending.push(text);
      const found = meeting();
      return found ? emit(found.end, pending) : [];
    },
    end(how: AnswerEnd) {
      // What a cut answer did not come to is not deleted by it.
      if (how === "cut") return [];
      const broken = how === "closed" ? -1 : brokenOffAt(pending.at(-1) ?? "");
      if (broken >= 0) return broken === next + pending.length - 1 ? emit(broken, pending.slice(0, -1)) : [];
      // A line end behind the last line adds no line.
      if (pending.at(-1) === "" && old.at(-1) !== "") pending.pop();
      const isInNewLine = pending.length > 0 && pending.at(-1) !== old.at(-1);
      // With more of the window below: it broke off there, as far as one can tell.
      if (how !== "closed" && isInNewLine && pending.length < old.length - next) return [];
      return emit(old.length, pending);
    },
  };
}

function hasWord(line: string): boolean {
  return /[\p{L}\p{N}]/u.test(line);
}
