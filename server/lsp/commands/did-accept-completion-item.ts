// `github.copilot.didAcceptCompletionItem`, and the same for an item of a panel: a suggestion was taken whole. Answers
// whether it is one of ours.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import type { Method } from "../types.ts";

export const didAcceptCompletionItem: Method = (session) => {
  const fates = fatesOf(session);
  return (ctx, args): boolean => {
    const id: unknown = Array.isArray(args) ? args[0] : undefined;
    return typeof id === "string" && fates.accepted(ctx, id, undefined);
  };
};
