// One edit as the model reads it: a unified diff with what was added before what was removed, and the removed lines
// marked, so that they are not suggested again.

import type { DocumentText } from "../../../shared/documents.ts";
import type { ChangedRegion } from "./changed-regions.ts";

export interface EditText {
  /** Lines at the start of the region that are as they were. */
  readonly same: number;
  /** Lines below the diff's head. */
  readonly body: readonly string[];
  /** Lines of context above the edit. */
  readonly above: number;
  readonly below: number;
  readonly removed: number;
  readonly added: number;
}

const contextLines = 3;
const maxLines = 10;
const maxChars = 2_000;

/** Undefined for an edit that changes nothing but white space, or too much to be read as one. */
export function editText(before: DocumentText, now: DocumentText, region: ChangedRegion): EditText | undefined {
  const { newStart, newEnd } = region;
  // More than can be context or an edit need not be read.
  if (
    newEnd - newStart > 2 * maxLines + contextLines ||
    region.oldEnd - region.oldStart > 2 * maxLines + contextLines
  ) {
    return undefined;
  }
  const removed = [...before.lines(region.oldStart, region.oldEnd)];
  const aboveStart = Math.max(0, newStart - contextLines);
  const around = [...now.lines(aboveStart, newEnd + contextLines)];
  const above = around.splice(0, newStart - aboveStart);
  const added = around.splice(0, newEnd - newStart);
  const below = around;
  while (added.length > 0 && removed.length > 0 && added[0] === removed[0]) {
    removed.shift();
    above.push(added.shift() ?? "");
  }
  while (added.length > 0 && removed.length > 0 && added.at(-1) === removed.at(-1)) {
    removed.pop();
    below.unshift(added.pop() ?? "");
  }
  if (added.length > maxLines || removed.length > maxLines) return undefined;
  if (withoutSpace(added) === withoutSpace(removed)) return undefined;
  const same = aboveStart + above.length - newStart;
  const shownAbove = above.slice(-contextLines);
  const shownBelow = below.slice(0, contextLines);
  const body = [
    ...shownAbove.map((line) => ` ${line}`),
    ...added.map((line) => `+${line}`),
    ...removed.map((line) => `-${line} --- IGNORE ---`),
    ...shownBelow.map((line) => ` ${line}`),
  ];
  if (body.reduce((sum, line) => sum + line.length + 1, 0) > maxChars) return undefined;
  return {
    same,
    body,
    above: shownAbove.length,
    below: shownBelow.length,
    removed: removed.length,
    added: added.length,
  };
}

function withoutSpace(lines: readonly string[]): string {
  return lines.join("").replaceAll(/\s+/g, "");
}
