// `textDocument/didShowCompletion`, of Copilot plugins: an item is on screen.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import { itemIdOf } from "../suggestions/offered-item.ts";
import type { Method } from "../types.ts";

export const didShowCompletion: Method = (session) => {
  const fates = fatesOf(session);
  return (ctx, params) => void fates.shown(ctx, itemIdOf(params));
};
