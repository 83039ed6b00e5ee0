// White space at the end of an answer shows nothing and surprises later; an answer of white space is none.

import type { Rule } from "./rule.ts";

export const blank: Rule = (draft) => {
  const text = draft.text.trimEnd();
  return text === "" ? undefined : { ...draft, text };
};
