// One answer of the service while its document goes on changing: which of its hunks stand in the text already, which can
// still be offered, and where they are now.

import type { ChangedLines, DocumentText } from "../../../shared/documents.ts";
import type { EditSource } from "../../../shared/edits.ts";
import type { Hunk } from "../answer/hunk.ts";
import type { HistoryHunk } from "../history/hunks.ts";
import { lineDiff } from "../history/line-diff.ts";
import type { LineRange } from "../window.ts";
import { rebase } from "./rebase.ts";
import { wordDiff } from "./words.ts";
import { mapped, type Mapped, type Region, withChange } from "./regions.ts";

/** `open`: can be offered. `done`: stands in the text. `gone`: no longer fits. `rejected`: the person does not want it. */
export type HunkState = "open" | "done" | "gone" | "rejected";

export interface KeptHunk {
  readonly hunk: Hunk;
  state: HunkState;
  /** Its first line, in the text as it was when it was found there; undefined while it was not. */
  takenAtLine: number | undefined;
}

/** A hunk as it is to be made in the text as it is now. */
export interface OpenHunk {
  readonly kept: KeptHunk;
  readonly hunk: Hunk;
}

export type Change = Pick<HistoryHunk, "removed" | "added">;

/** Equal for equal changes. */
export function nameOf({ removed, added }: Change): string {
  return JSON.stringify([removed, added]);
}

export interface Answer {
  readonly base: DocumentText;
  /** The text of `base` that was asked about, and all that was asked about before without anything to offer. */
  readonly windows: readonly LineRange[];
  /** That was asked last: the next one is when the service does not have the first. */
  model: string;
  readonly source: EditSource;
  /** Of the history, when it was asked. */
  readonly revision: number;
  readonly hunks: readonly KeptHunk[];
  add(hunk: Hunk): void;
  changed(lines: ChangedLines): void;
  /** Whether a change, which it has not been told of yet, touches the lines of an edit. */
  isTouched(kept: KeptHunk, lines: ChangedLines): boolean;
  /** Those that stand in the text now and did not before. It reads no lines that were not changed. */
  taken(now: DocumentText): readonly KeptHunk[];
  /** Brings the states up to date with the text as it is now. In the order of the answer. */
  open(now: DocumentText): readonly OpenHunk[];
  /** Whether the cursor's line, in the text as it is now, is in what was asked about. */
  covers(line: number): boolean;
  /** No line was changed since. */
  isUntouched(): boolean;
  /** At least one of its hunks was taken. */
  wasAccepted(): boolean;
  /** What its hunks change, as the history tells of it. */
  changes(): readonly Change[];
}

export function createAnswer(facts: Pick<Answer, "base" | "windows" | "model" | "source" | "revision">): Answer {
  const { base, windows } = facts;
  const hunks: KeptHunk[] = [];
  let regions: readonly Region[] = [];

  /** The lines of an edit that was changed or lies beside what was, and what the edit makes of them. */
  const laidOver = (hunk: Hunk, { old, now: place }: Mapped, now: DocumentText) => {
    const before = base.lines(old.start, old.end);
    // Of its own lines alone: a difference of all might move over to lines that look like them.
    const first = hunk.start - old.start;
    const shift = asText(before.slice(0, first)).length;
    const edits = wordDiff(asText(before.slice(first, hunk.end - old.start)), asText(hunk.lines)).map((edit) => ({
      ...edit,
      start: edit.start + shift,
      end: edit.end + shift,
    }));
    const current = now.lines(place.start, place.end);
    const wanted = rebase(asText(before), edits, asText(current));
    return { current, wanted, startLine: place.start + first, isAsBefore: asText(current) === asText(before) };
  };

  const look = (kept: KeptHunk, now: DocumentText): Hunk | undefined => {
    const place = mapped(regions, kept.hunk);
    if (place.isUntouched) {
      // What was taken and stands as before was taken back.
      if (kept.state === "done") kept.state = "rejected";
      return { ...kept.hunk, start: place.now.start, end: place.now.end };
    }
    const { current, wanted, isAsBefore } = laidOver(kept.hunk, place, now);
    if (kept.state === "done" && isAsBefore) kept.state = "rejected";
    if (wanted === undefined) kept.state = kept.state === "open" ? "gone" : kept.state;
    if (wanted === undefined || kept.state !== "open") return undefined;
    const lines = linesOf(wanted);
    const runs = lineDiff(current, lines);
    const [head] = runs;
    const tail = runs.at(-1);
    if (!head || !tail) return undefined;
    const left = lines.slice(head.newStart, tail.newEnd);
    // The person has typed all of it but blank lines, or keeps one that it takes away.
    if ([...current.slice(head.start, tail.end), ...left].every((line) => line.trim() === "")) return undefined;
    return { start: place.now.start + head.start, end: place.now.start + tail.end, lines: left };
  };

  return {
    ...facts,
    hunks,
    add: (hunk) => void hunks.push({ hunk, state: "open", takenAtLine: undefined }),
    changed(lines) {
      regions = withChange(regions, lines);
    },
    isTouched({ hunk }, lines) {
      const { now } = mapped(regions, hunk, false);
      return lines.startLine < now.end && lines.endLine >= now.start;
    },
    taken: (now) =>
      hunks.filter((kept) => {
        const place = mapped(regions, kept.hunk);
        if (kept.state !== "open" || place.isUntouched) return false;
        const { current, wanted, startLine } = laidOver(kept.hunk, place, now);
        if (wanted !== asText(current)) return false;
        kept.state = "done";
        kept.takenAtLine = startLine;
        return true;
      }),
    open: (now) =>
      hunks.flatMap((kept) => {
        const hunk = look(kept, now);
        return hunk && kept.state === "open" ? [{ kept, hunk }] : [];
      }),
    covers: (line) =>
      windows.some((window) => {
        const { now } = mapped(regions, window);
        return line >= now.start && line < now.end;
      }),
    isUntouched: () => regions.length === 0,
    wasAccepted: () => hunks.some(({ state }) => state === "done"),
    changes: () => hunks.map(({ hunk }) => ({ removed: base.lines(hunk.start, hunk.end), added: hunk.lines })),
  };
}

/** With an end behind each line, so that no lines and one empty line are two things. */
function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
