// `notifyAccepted {uuid, acceptedLength}`, of older plugins: a suggestion was accepted, whole or its first UTF-16 units.

import { readAcceptedLength, readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const notifyAccepted: Method =
  (session) =>
  (ctx, params): "OK" => {
    const fields = readObject(params, "params");
    session.feedback.accepted(ctx, readString(fields["uuid"], "uuid"), readAcceptedLength(fields));
    return "OK";
  };
