// One request on its way through the front, as guards and routes see it.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Ctx } from "../../../shared/context.ts";
import type { HttpSettings } from "../settings.ts";

export interface RequestContext {
  /** Aborted with `cancelled` when the client leaves, with `closing` when the front closes. */
  readonly ctx: Ctx;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Values of the `{name}` parts of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly settings: HttpSettings;
  readonly clock: Clock;
  /** The client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}
