// `setEditorInfo`, by which older plugins say after `initialize` who they are.

import { readIdentity } from "../client.ts";
import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const setEditorInfo: Method =
  (session) =>
  (_ctx, params): "OK" => {
    session.identify(readIdentity({}, readObject(params, "params")));
    return "OK";
  };
