// What is too large to be the next step: many lines at once, or many that go and leave nothing.

import type { EditRule } from "./rule.ts";

const maxChangedLines = 30;
const maxDeletedLines = 3;

export const size: EditRule = {
  name: "size",
  apply(hunk) {
    const gone = hunk.old.filter((line) => line.trim() !== "" && !hunk.lines.includes(line));
    if (Math.max(hunk.old.length, hunk.lines.length) > maxChangedLines) return undefined;
    const isDeletion = hunk.lines.every((line) => line.trim() === "");
    return isDeletion && gone.length > maxDeletedLines ? undefined : hunk;
  },
};
