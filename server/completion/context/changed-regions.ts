// Which lines of a document have changed since a moment, kept up with each change. Knows line numbers and no text.

import type { ChangedLines } from "../../../shared/documents.ts";

/** Lines that gave way to others. Ends are not part of it. */
export interface ChangedRegion {
  readonly oldStart: number;
  readonly oldEnd: number;
  /** By the lines as they are now. */
  readonly newStart: number;
  readonly newEnd: number;
  /** A number of its own, and another one whenever the region, or a line next to it, has changed. */
  readonly revision: number;
  readonly changedAtMs: number;
}

// Regions with one line between them are one; what surrounds a region is this many lines.
const mergeDistance = 1;
const surroundings = 3;

/** The regions after one more change, from the top of the document down. */
export function withChange(
  regions: readonly ChangedRegion[],
  { startLine, endLine, newEndLine }: ChangedLines,
  nextRevision: () => number,
  nowMs: number,
): readonly ChangedRegion[] {
  const start = startLine;
  const end = endLine + 1;
  const shift = newEndLine - endLine;
  const before = regions.filter(({ newEnd }) => newEnd + mergeDistance < start);
  const after = regions.filter(({ newStart }) => newStart > end + mergeDistance);
  const touched = regions.slice(before.length, regions.length - after.length);
  const first = touched[0];
  const last = touched.at(-1);
  const above = before.at(-1);
  const offset = above ? above.oldEnd - above.newEnd : 0;
  const newStart = Math.min(start, first?.newStart ?? start);
  const newEnd = Math.max(end, last?.newEnd ?? end);
  const changed: ChangedRegion = {
    oldStart: first ? first.oldStart - (first.newStart - newStart) : newStart + offset,
    oldEnd: last ? last.oldEnd + (newEnd - last.newEnd) : newEnd + offset,
    newStart,
    newEnd: newEnd + shift,
    revision: nextRevision(),
    changedAtMs: nowMs,
  };
  const isNear = (region: ChangedRegion): boolean =>
    region.newEnd + surroundings >= start && region.newStart <= end + surroundings;
  const touch = (region: ChangedRegion): ChangedRegion =>
    isNear(region) ? { ...region, revision: nextRevision() } : region;
  return [
    ...before.map(touch),
    changed,
    ...after.map(touch).map((region) => ({
      ...region,
      newStart: region.newStart + shift,
      newEnd: region.newEnd + shift,
    })),
  ];
}
