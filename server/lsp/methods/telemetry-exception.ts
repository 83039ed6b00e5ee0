// `telemetry/exception`, by which plugins report their own failures. Noted in the log; nothing leaves the machine.

import { objectOf } from "../../runtime/json.ts";
import type { Method } from "../types.ts";

export const telemetryException: Method =
  () =>
  (ctx, params): "OK" => {
    const { origin } = objectOf(params);
    ctx.log.info("the plugin reports a failure of its own", {
      origin: typeof origin === "string" ? origin : undefined,
    });
    return "OK";
  };
