// `workspace/didChangeConfiguration` (and `notifyChangeConfiguration`, of older plugins): takes the settings that were
// sent, and asks for them where the client rather answers than tells.

import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didChangeConfiguration: Method =
  (session) =>
  (_ctx, params): "OK" => {
    session.editorSettings.setPushed(readObject(params, "params")["settings"]);
    session.applySettings();
    session.pullConfiguration();
    return "OK";
  };
