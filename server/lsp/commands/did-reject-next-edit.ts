// `github.copilot.didRejectNextEditSuggestionItem`: the person does not want this edit, which is not offered again. Answers
// whether it is one of ours.

import { firstText } from "../params.ts";
import type { Method } from "../types.ts";

export const didRejectNextEdit: Method =
  (session) =>
  (ctx, args): boolean => {
    const id = firstText(args);
    return id !== undefined && session.feedback.rejected(ctx, [id]);
  };
