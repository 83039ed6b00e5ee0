// The last rule for text: line ends as the document has them.

import type { Rule } from "./rule.ts";

export const useDocumentLineEnds: Rule = (candidate, { lineEnd }) => {
  return lineEnd === "\n" ? candidate : { ...candidate, text: candidate.text.replaceAll("\n", lineEnd) };
};
