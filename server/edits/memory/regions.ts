// Which lines of a text have become others since: a list of regions, kept up with each change by line numbers alone.

import type { ChangedLines } from "../../../shared/documents.ts";
import type { LineRange } from "../window.ts";

/** Lines `[oldStart, oldEnd)` have become lines `[newStart, newEnd)`. */
export interface Region {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** In order and apart. `change` counts in the lines that the regions lead to. */
export function withChange(regions: readonly Region[], change: ChangedLines): readonly Region[] {
  const start = change.startLine;
  const end = change.endLine + 1;
  const growth = change.newEndLine - change.endLine;
  const above = regions.filter(({ newEnd }) => newEnd < start);
  const below = regions.filter(({ newStart }) => newStart > end);
  const touched = regions.slice(above.length, regions.length - below.length);
  const shift = growthOf(above);
  const shiftAfter = shift + growthOf(touched);
  const first = touched[0];
  const last = touched.at(-1);
  const merged: Region = {
    oldStart: Math.min(first?.oldStart ?? Number.POSITIVE_INFINITY, start - shift),
    oldEnd: Math.max(last?.oldEnd ?? 0, end - shiftAfter),
    newStart: Math.min(first?.newStart ?? Number.POSITIVE_INFINITY, start),
    newEnd: Math.max(last?.newEnd ?? 0, end) + growth,
  };
  const moved = below.map((region) => ({
    ...region,
    newStart: region.newStart + growth,
    newEnd: region.newEnd + growth,
  }));
  return [...above, merged, ...moved];
}

/** A range of old lines that is widened until no region is in part inside, and the lines that it has become. */
export interface Mapped {
  readonly old: LineRange;
  readonly now: LineRange;
  /** No region touches it. */
  readonly isUntouched: boolean;
}

/** `besideCounts`: whether a region that ends where the range begins, or begins where it ends, is in part inside. */
export function mapped(regions: readonly Region[], { start, end }: LineRange, besideCounts = true): Mapped {
  const touched = regions.filter(({ oldStart, oldEnd }) =>
    besideCounts ? oldStart <= end && oldEnd >= start : oldStart < end && oldEnd > start,
  );
  const old = {
    start: Math.min(start, ...touched.map(({ oldStart }) => oldStart)),
    end: Math.max(end, ...touched.map(({ oldEnd }) => oldEnd)),
  };
  const shift = growthOf(regions.filter((region) => region.oldStart < old.start && !touched.includes(region)));
  const now = { start: old.start + shift, end: old.end + shift + growthOf(touched) };
  return { old, now, isUntouched: touched.length === 0 };
}

function growthOf(regions: readonly Region[]): number {
  return regions.reduce(
    (sum, { oldStart, oldEnd, newStart, newEnd }) => sum + newEnd - newStart - (oldEnd - oldStart),
    0,
  );
}
