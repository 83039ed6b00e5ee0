// White space at the end of an answer shows nothing and surprises later; an answer of white space is none.

import { withoutTrailingWhiteSpace } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

export const trimTrailingSpace: Rule = (candidate) => {
  const text = withoutTrailingWhiteSpace(candidate.text);
  if (text.trim() === "") return undefined;
  return { ...candidate, text, endsWithLineBreak: candidate.text.includes("\n", text.length) };
};
