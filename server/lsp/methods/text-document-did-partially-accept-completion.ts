// `textDocument/didPartiallyAcceptCompletion`, of Copilot plugins: the first `acceptedLength` UTF-16 units of an item
// were taken, counted from the start of its `insertText`.

import { itemIdOf } from "../offered-item.ts";
import { readObject, readOptionalInteger } from "../params.ts";
import type { Method } from "../types.ts";

export const didPartiallyAcceptCompletion: Method = (session) => async (ctx, params) => {
  const item = itemIdOf(params);
  const fields = readObject(params, "params");
  const acceptedLength = readOptionalInteger(fields["acceptedLength"], "acceptedLength", 0, Number.MAX_SAFE_INTEGER);
  const known = session.offers.knows(item);
  ctx.log.debug("a suggestion was accepted in part", { item, units: acceptedLength, known });
  if (known) (await session.core(ctx)).accepted(item, { acceptedLength: acceptedLength ?? 0 });
};
