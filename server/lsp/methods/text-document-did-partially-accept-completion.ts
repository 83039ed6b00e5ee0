// `textDocument/didPartiallyAcceptCompletion`, of Copilot plugins: the first `acceptedLength` UTF-16 units of an item
// were accepted, counted from the start of its `insertText`.

import { readAcceptedLength, readObject } from "../params.ts";
import { readItemId } from "../suggestions/suggestion-feedback.ts";
import type { Method } from "../types.ts";

export const didPartiallyAcceptCompletion: Method = (session) => (ctx, params) =>
  void session.feedback.accepted(ctx, readItemId(params), readAcceptedLength(readObject(params, "params")) ?? 0);
