// `notifyRejected {uuids}`, of older plugins: suggestions were shown and turned down.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import { readObject, readOptionalStrings } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyRejected: Method = (session) => {
  const fates = fatesOf(session);
  return async (ctx, params): Promise<"OK"> => {
    fates.rejected(ctx, readOptionalStrings(readObject(params, "params")["uuids"], "uuids") ?? []);
    return "OK";
  };
};
