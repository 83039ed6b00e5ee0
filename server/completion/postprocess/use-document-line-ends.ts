// The last rule for text: line ends as the document has them.

import type { Rule } from "./rule.ts";

export const documentLineEnds: Rule = (draft, { lineEnd }) => {
  return lineEnd === "\n" ? draft : { ...draft, text: draft.text.replaceAll("\n", lineEnd) };
};
