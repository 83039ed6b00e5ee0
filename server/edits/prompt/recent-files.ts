// The other files that a prompt shows: those that were changed last, cut around their last change.

import type { DocumentText } from "../../../shared/documents.ts";
import type { HistoryEntry } from "../history/recorder.ts";
import { tokensOf } from "../window.ts";
import type { RecentFile } from "./inputs.ts";
import type { SafeTexts } from "./safe-text.ts";

const maxFiles = 5;
const maxTokens = 2_000;
const pageLines = 10;

/** `entries`: oldest first, all of documents that may be sent. Oldest file first. */
export function recentFiles(
  entries: readonly HistoryEntry[],
  currentPath: string,
  pathOf: (entry: HistoryEntry) => string,
  texts: SafeTexts,
): readonly RecentFile[] {
  const seen = new Set([currentPath]);
  const files: RecentFile[] = [];
  let left = maxTokens;
  for (const entry of [...entries].reverse()) {
    const path = pathOf(entry);
    if (seen.has(path)) continue;
    seen.add(path);
    const file = clipped(path, texts.of(entry.after), entry, left);
    if (!file) break;
    files.push(file);
    left -= cost(file.lines);
    if (files.length === maxFiles) break;
  }
  return files.reverse();
}

/** Whole pages around the changed lines, below and above in turn; undefined when not even the page of the change fits. */
function clipped(
  path: string,
  after: DocumentText,
  { startLine, newEndLine }: HistoryEntry,
  budget: number,
): RecentFile | undefined {
  const pages = Math.ceil(after.lineCount / pageLines);
  const linesOf = (page: number): readonly string[] => after.lines(page * pageLines, (page + 1) * pageLines);
  let first = Math.floor(startLine / pageLines);
  let last = Math.min(Math.floor(newEndLine / pageLines), pages - 1);
  let lines = after.lines(first * pageLines, (last + 1) * pageLines);
  let left = budget - cost(lines);
  if (left < 0) return undefined;
  for (let canGrow = true; canGrow; ) {
    canGrow = false;
    for (const page of [last + 1, first - 1]) {
      if (page < 0 || page >= pages) continue;
      const more = linesOf(page);
      if (cost(more) > left) continue;
      left -= cost(more);
      canGrow = true;
      if (page > last) {
        last = page;
        lines = [...lines, ...more];
      } else {
        first = page;
        lines = [...more, ...lines];
      }
    }
  }
  return { path, startLine: first * pageLines, lines, isTruncated: lines.length < after.lineCount };
}

function cost(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + tokensOf(line), 0);
}
