// The answer is the window as it should be, in a code block. What stands before the block or behind it is the model's own
// talk; an answer without a block is taken as it is.

import type { AnswerFormat } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

const fence = "```";

export const fenceFormat: AnswerFormat = {
  prediction: ({ windowLines }) => [fence, ...windowLines, fence].join("\n"),
  read(context) {
    const diff = createWindowDiff(context);
    // Where code blocks stand in the window itself, only the first line and the last can be the answer's own.
    const holdsFences = context.windowLines.some(isFence);
    let before: string[] | undefined = [];
    let isOver = false;
    return {
      line(text) {
        if (isOver) return [];
        if (before) {
          if (isFence(text) && (!holdsFences || before.length === 0)) before = undefined;
          else before.push(text);
          return [];
        }
        if (isFence(text) && !holdsFences) {
          isOver = true;
          return [];
        }
        return diff.line(text);
      },
      end(how) {
        const unfenced = before?.flatMap((line) => diff.line(line)) ?? [];
        // A block that was opened and not closed was cut off.
        const isCut = before === undefined && !isOver && !holdsFences;
        return [...unfenced, ...diff.end(isOver ? "closed" : isCut ? "cut" : how)];
      },
    };
  },
};

function isFence(line: string): boolean {
  return line.startsWith(fence);
}
