// `github.copilot.didAcceptCompletionItem`, and the same for an item of a panel and for a next edit: a suggestion was
// accepted whole. Answers whether it is one of ours. Clients of the official server name next edits by either command.

import { firstText } from "../params.ts";
import type { Method } from "../types.ts";

export const didAcceptCompletionItem: Method =
  (session) =>
  (ctx, args): boolean => {
    const id = firstText(args);
    return id !== undefined && session.feedback.accepted(ctx, id, undefined);
  };
