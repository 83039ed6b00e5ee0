// `notifyShown {uuid}`, of older plugins: a suggestion is on screen.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import { readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyShown: Method = (session) => {
  const fates = fatesOf(session);
  return async (ctx, params): Promise<"OK"> => {
    fates.shown(ctx, readString(readObject(params, "params")["uuid"], "uuid"));
    return "OK";
  };
};
