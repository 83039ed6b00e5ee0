// White space at the end of an answer shows nothing and surprises later; an answer of white space is none.

import type { Rule } from "./rule.ts";

export const trimTrailingSpace: Rule = (candidate) => {
  const text = candidate.text.trimEnd();
  if (text === "") return undefined;
  return { ...candidate, text, endsWithLineBreak: candidate.text.includes("\n", text.length) };
};
