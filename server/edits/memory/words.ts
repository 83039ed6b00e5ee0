// The difference of two short texts by words: which parts of the one give way to which text.

import { lineDiff } from "../history/line-diff.ts";

/** Units `[start, end)` give way to `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** In order and apart; what two words have in common at their ends is not part of it. */
export function wordDiff(before: string, after: string): readonly TextEdit[] {
  const old = wordsOf(before);
  const now = wordsOf(after);
  const offsets = [0];
  for (const word of old) offsets.push((offsets.at(-1) ?? 0) + word.length);
  return lineDiff(old, now).map((run) => {
    const start = offsets[run.start] ?? before.length;
    const end = offsets[run.end] ?? before.length;
    return trimmed(before, { start, end, text: now.slice(run.newStart, run.newEnd).join("") });
  });
}

/** The one edit that makes `after` of `before`, as small as it can be; its start as far down as it can be. */
export function oneEdit(before: string, after: string): TextEdit {
  return trimmed(before, { start: 0, end: before.length, text: after });
}

export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let from = 0;
  for (const edit of edits) {
    result += text.slice(from, edit.start) + edit.text;
    from = edit.end;
  }
  return result + text.slice(from);
}

export function wordsOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{N}_$]+|[^\S\n]+|\n|./gsu) ?? [];
}

function trimmed(before: string, { start, end, text }: TextEdit): TextEdit {
  const most = Math.min(end - start, text.length);
  let head = 0;
  while (head < most && before.charCodeAt(start + head) === text.charCodeAt(head)) head += 1;
  let tail = 0;
  while (tail < most - head && before.charCodeAt(end - 1 - tail) === text.charCodeAt(text.length - 1 - tail)) tail += 1;
  return { start: start + head, end: end - tail, text: text.slice(head, text.length - tail) };
}
