// An answer that is the next line with text over again is none.

import { isBlank } from "../text/white-space.ts";
import type { Rule } from "./rule.ts";

export const nextLine: Rule = (draft, { linesBelow }) => {
  const next = linesBelow.find((line) => !isBlank(line));
  return next !== undefined && next.trim() === draft.text.trim() ? undefined : draft;
};
