// `textDocument/didPartiallyAcceptCompletion`, of Copilot plugins: the first `acceptedLength` UTF-16 units of an item
// were taken, counted from the start of its `insertText`.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import { itemIdOf } from "../suggestions/offered-item.ts";
import { readAcceptedLength, readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didPartiallyAcceptCompletion: Method = (session) => {
  const fates = fatesOf(session);
  return (ctx, params) => {
    fates.accepted(ctx, itemIdOf(params), readAcceptedLength(readObject(params, "params")) ?? 0);
  };
};
