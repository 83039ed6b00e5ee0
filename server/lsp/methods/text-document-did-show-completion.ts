// `textDocument/didShowCompletion`, of Copilot plugins: an item is on screen.

import { readItemId } from "../suggestions/suggestion-feedback.ts";
import type { Method } from "../types.ts";

export const didShowCompletion: Method = (session) => (ctx, params) =>
  void session.feedback.shown(ctx, readItemId(params));
