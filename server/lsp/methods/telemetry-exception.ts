// `telemetry/exception`, by which plugins report their own failures. Noted in the log; nothing leaves the machine.

import { looseObject } from "../params.ts";
import type { Method } from "../types.ts";

export const telemetryException: Method =
  () =>
  (ctx, params): "OK" => {
    const { origin } = looseObject(params);
    ctx.log.info("the plugin reports a failure of its own", {
      origin: typeof origin === "string" ? origin : undefined,
    });
    return "OK";
  };
