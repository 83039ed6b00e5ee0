// What the raw prompts of open models share: text in the model's own words, without messages, within the few thousand
// tokens that such a model was trained on.

import type { HistoryHunk } from "../history/hunks.ts";
import type { PromptInputs, RecentFile } from "./inputs.ts";

/** A layout of a prompt that is sent as it is. */
export interface RawLayout {
  readonly prompt: (inputs: PromptInputs) => string;
  /** Words that end the answer. */
  readonly stop: readonly string[];
}

/** Some 1,000 tokens for other files beside the edits and the file itself. */
const maxFileChars = 3_000;

/** The files that were changed last, as many as fit; oldest first, as they came. */
export function filesWithin(files: readonly RecentFile[]): readonly RecentFile[] {
  let left = maxFileChars;
  const newestFirst = files.toReversed();
  const count = newestFirst.findIndex(({ lines }) => (left -= lines.join("\n").length) < 0);
  return files.slice(count < 0 ? 0 : files.length - count);
}

/** `lines`, which begin at `start`, as they were before `hunks` of a later state of the text. */
export function undone(lines: readonly string[], start: number, hunks: readonly HistoryHunk[]): readonly string[] {
  const before = [...lines];
  // From below, so that the numbers above stay.
  for (const { newStart, removed, added } of hunks.toReversed()) {
    const from = Math.max(0, newStart - start);
    const to = Math.min(before.length, newStart + added.length - start);
    const isInside = newStart >= start && newStart + added.length <= start + lines.length;
    if (isInside) before.splice(from, Math.max(0, to - from), ...removed);
  }
  return before;
}
