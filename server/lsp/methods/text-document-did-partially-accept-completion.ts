// `textDocument/didPartiallyAcceptCompletion`, of Copilot plugins: the first `acceptedLength` UTF-16 units of an item
// were taken. Noted in the log.

import { itemIdOf } from "../offered-item.ts";
import { readObject, readOptionalInteger } from "../params.ts";
import type { Method } from "../types.ts";

export const didPartiallyAcceptCompletion: Method = (session) => (ctx, params) => {
  const item = itemIdOf(params);
  const { acceptedLength } = readObject(params, "params");
  const units = readOptionalInteger(acceptedLength, "acceptedLength", 0, Number.MAX_SAFE_INTEGER);
  ctx.log.debug("a suggestion was accepted in part", { item, units, known: session.offers.knows(item) });
};
