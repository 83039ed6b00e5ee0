// `textDocument/didShowCompletion`, of Copilot plugins: an item is on screen.

import { itemIdOf } from "../offered-item.ts";
import type { Method } from "../types.ts";

export const didShowCompletion: Method = (session) => async (ctx, params) => {
  const item = itemIdOf(params);
  const known = session.offers.knows(item);
  ctx.log.debug("a suggestion was shown", { item, known });
  if (known) (await session.core(ctx)).shown(item);
};
