// `notifyNextEditRejected`: next edits that the person does not want, as `uuids` or, of one, `uuid`.

import { readObject, readOptionalString, readOptionalStrings } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyNextEditRejected: Method =
  (session) =>
  (ctx, params): "OK" => {
    const { uuid, uuids } = readObject(params, "params");
    const one = readOptionalString(uuid, "uuid");
    session.feedback.rejected(ctx, readOptionalStrings(uuids, "uuids") ?? (one === undefined ? [] : [one]));
    return "OK";
  };
