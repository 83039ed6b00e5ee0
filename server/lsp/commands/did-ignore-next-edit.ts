// `github.copilot.didIgnoreNextEditSuggestionItem`: the edit was on screen and the person went on with something else, which
// says nothing about whether they want it. Answers whether it is one of ours.

import { firstText } from "../params.ts";
import type { Method } from "../types.ts";

export const didIgnoreNextEdit: Method =
  (session) =>
  (_ctx, args): boolean => {
    const id = firstText(args);
    return id !== undefined && session.offers.find(id) !== undefined;
  };
