// `setEditorInfo`, by which older plugins say after `initialize` who they are, and what newer ones say in their
// configuration.

import { readIdentity } from "../session/client.ts";
import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const setEditorInfo: Method =
  (session) =>
  (_ctx, params): "OK" => {
    const fields = readObject(params, "params");
    session.identify(readIdentity({}, fields));
    session.editorSettings.setEditorInfo(fields);
    session.applySettings();
    return "OK";
  };
