// `notifyShown {uuid}`, of older plugins: a suggestion is on screen.

import { readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyShown: Method =
  (session) =>
  (ctx, params): "OK" => {
    session.feedback.shown(ctx, readString(readObject(params, "params")["uuid"], "uuid"));
    return "OK";
  };
