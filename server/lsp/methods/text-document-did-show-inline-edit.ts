// `textDocument/didShowInlineEdit`, of Copilot plugins: a next edit is on screen. Only the command's argument is looked at;
// that is all that some of them send.

import { readItemId } from "../suggestions/suggestion-feedback.ts";
import type { Method } from "../types.ts";

export const didShowInlineEdit: Method = (session) => (ctx, params) =>
  void session.feedback.shown(ctx, readItemId(params));
