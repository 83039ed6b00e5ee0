// Text that would only be added at the cursor is left to completions, where the client shows them.

import type { EditRule } from "./rule.ts";

export const atCursor: EditRule = {
  name: "at-cursor",
  apply(hunk, { cursor, hasCompletions }) {
    const [old] = hunk.old;
    if (!hasCompletions || old === undefined || hunk.old.length > 1 || hunk.start !== cursor.line) return hunk;
    const text = hunk.lines.join("\n");
    const before = old.slice(0, cursor.character);
    const after = old.slice(cursor.character);
    const isInsertion = text.length > old.length && text.startsWith(before) && text.endsWith(after);
    return isInsertion ? undefined : hunk;
  },
};
