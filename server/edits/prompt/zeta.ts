// Zeta 2.1's prompt: Seed-Coder's words with the suffix first, files that were changed lately, the latest edits as unified
// diffs, and the window between numbered marks. Source: the model card of zed-industries/zeta-2.1.

import { windowLines } from "../window.ts";
import type { PromptInputs, RecentEdit } from "./inputs.ts";
import { filesWithin, type RawLayout } from "./raw-prompt.ts";
import { breakWords } from "./template-words.ts";

const cursor = "<|user_cursor|>";

export const zetaLayout: RawLayout = {
  prompt({ path, at, file, recentFiles, edits }: PromptInputs) {
    const below = file.lines.slice(at.window.end - file.start);
    const above = file.lines.slice(0, at.window.start - file.start);
    const region = windowLines(at).map((line, index) => {
      if (at.window.start + index !== at.cursor.line) return breakWords(line);
      const { character } = at.cursor;
      return breakWords(line.slice(0, character)) + cursor + breakWords(line.slice(character));
    });
    return [
      "<[fim-suffix]>",
      ...below.map((line) => `\n${breakWords(line)}`),
      "\n<[fim-prefix]>",
      ...filesWithin(recentFiles).map((one) => fileBlock(one.path, one.lines)),
      edits.length === 0 ? "" : fileBlock("edit_history", edits.flatMap(unifiedDiff)),
      `<filename>${breakWords(path)}\n`,
      ...above.map((line) => `${breakWords(line)}\n`),
      `<|marker_1|>${region.join("\n")}<|marker_2|>\n<[fim-middle]>`,
    ].join("");
  },
  stop: ["<[end▁of▁sentence]>", "<[fim-suffix]>", "<filename>"],
};

function fileBlock(path: string, lines: readonly string[]): string {
  return `<filename>${breakWords(path)}\n${lines.map((line) => `${breakWords(line)}\n`).join("")}\n`;
}

/** Lines count from 1 there. */
function unifiedDiff({ path, hunks }: RecentEdit): readonly string[] {
  return [
    `--- a/${path}`,
    `+++ b/${path}`,
    ...hunks.flatMap(({ oldStart, newStart, removed, added }) => [
      `@@ -${oldStart + 1},${removed.length} +${newStart + 1},${added.length} @@`,
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
    ]),
  ];
}
