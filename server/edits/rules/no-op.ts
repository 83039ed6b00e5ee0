// Lines that stay are no edit; they are taken off at both ends, so that an edit begins where it changes something.

import { type EditRule, trimmedHunk } from "./rule.ts";

export const noOp: EditRule = {
  name: "no-op",
  apply(hunk) {
    const trimmed = trimmedHunk(hunk);
    return trimmed.start === trimmed.end && trimmed.lines.length === 0 ? undefined : trimmed;
  },
};
