// `notifyAccepted {uuid, acceptedLength}`, of older plugins: a suggestion was taken, whole or its first UTF-16 units.

import { fatesOf } from "../suggestions/suggestion-feedback.ts";
import { readAcceptedLength, readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyAccepted: Method = (session) => {
  const fates = fatesOf(session);
  return async (ctx, params): Promise<"OK"> => {
    const fields = readObject(params, "params");
    fates.accepted(ctx, readString(fields["uuid"], "uuid"), readAcceptedLength(fields));
    return "OK";
  };
};
