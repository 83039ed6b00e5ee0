// `textDocument/didShowCompletion`, of Copilot plugins: an item is on screen. Noted in the log.

import { itemIdOf } from "../offered-item.ts";
import type { Method } from "../types.ts";

export const didShowCompletion: Method = (session) => (ctx, params) => {
  const item = itemIdOf(params);
  ctx.log.debug("a suggestion was shown", { item, known: session.offers.knows(item) });
};
