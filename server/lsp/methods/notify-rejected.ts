// `notifyRejected {uuids}`, of older plugins: suggestions were shown and not accepted.

import { readObject, readOptionalStrings } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyRejected: Method =
  (session) =>
  (ctx, params): "OK" => {
    session.feedback.rejected(ctx, readOptionalStrings(readObject(params, "params")["uuids"], "uuids") ?? []);
    return "OK";
  };
