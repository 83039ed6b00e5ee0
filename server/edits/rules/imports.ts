// Imports that are added are left to the language server, which knows what there is to import. Those that are changed with
// the rest are part of the work.

import type { EditRule } from "./rule.ts";

const importLine =
  /^\s*(?:import\b|from\s+\S+\s+import\b|export\s.*\bfrom\s+["']|#\s*include\b|using\s+[\w.:]+\s*;|use\s+[\w:\\{]|require\b|(?:const|let|var)\s.*=\s*require\s*\()/;

export const imports: EditRule = {
  name: "imports",
  apply(hunk) {
    const added = hunk.lines.filter((line) => line.trim() !== "" && !hunk.old.includes(line));
    const gone = hunk.old.filter((line) => line.trim() !== "" && !hunk.lines.includes(line));
    return gone.length === 0 && added.length > 0 && added.every((line) => importLine.test(line)) ? undefined : hunk;
  },
};
