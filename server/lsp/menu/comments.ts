// Whether the cursor stands in a comment or in prose, for those who want no menu there. Goes by how the line starts,
// which costs nothing and is right for whole-line comments; text inside code is not looked into.

import { languageOf } from "../../../shared/languages.ts";

export function isQuietPlace(languageId: string, linePrefix: string): boolean {
  const { isProse, lineComments, blockComments } = languageOf(languageId);
  if (isProse) return true;
  const text = linePrefix.trimStart();
  const opens = [...lineComments, ...blockComments.map(([open]) => open)];
  // Lines in the middle of such a comment begin with its star.
  return opens.some((open) => text.startsWith(open)) || (opens.includes("/*") && text.startsWith("*"));
}
