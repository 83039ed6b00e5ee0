// Sweep's prompt of its first next-edit models: files, the latest edits each with its text before and after, then the window
// before the last edit, now, and as it is to be. Source: the model cards of sweepai/sweep-next-edit-0.5B and -1.5B.

import { windowLines } from "../window.ts";
import type { PromptInputs } from "./inputs.ts";
import { filesWithin, type RawLayout, undone } from "./raw-prompt.ts";
import { breakWords } from "./template-words.ts";

const separator = "<|file_sep|>";

export const sweepLayout: RawLayout = {
  prompt({ path, at, recentFiles, edits }: PromptInputs) {
    const now = windowLines(at);
    const last = edits.at(-1);
    const before = last?.path === path ? undone(now, at.window.start, last.hunks) : now;
    return [
      ...filesWithin(recentFiles).map((file) => block(file.path, file.lines)),
      ...edits.flatMap((edit) =>
        edit.hunks.map(({ removed, added }) =>
          block(`${edit.path}.diff`, ["original:", ...removed, "updated:", ...added]),
        ),
      ),
      block(`original/${path}`, before),
      block(`current/${path}`, now),
      block(`updated/${path}`, []),
    ].join("");
  },
  stop: [separator, "<|endoftext|>"],
};

function block(path: string, lines: readonly string[]): string {
  return `${separator}${breakWords(path)}\n${lines.map((line) => `${breakWords(line)}\n`).join("")}`;
}
