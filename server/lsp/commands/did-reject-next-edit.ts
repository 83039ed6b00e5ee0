// `github.copilot.didRejectNextEditSuggestionItem`: the person does not want this edit, which is not offered again. Answers
// whether it is one of ours.

import type { Method } from "../types.ts";

export const didRejectNextEdit: Method =
  (session) =>
  (ctx, args): boolean => {
    const id: unknown = Array.isArray(args) ? args[0] : undefined;
    return typeof id === "string" && session.feedback.rejected(ctx, [id]);
  };
