// The answer is the window as it should be, line by line, and nothing else.

import type { AnswerFormat } from "./hunk.ts";
import { createWindowDiff } from "./window-diff.ts";

export const windowFormat: AnswerFormat = {
  prediction: ({ windowLines }) => windowLines.join("\n"),
  read: createWindowDiff,
};
