// `textDocument/didFocus`, of Copilot plugins: which document has the cursor; no document when none has.

import { canonicalUri } from "../documents/document-uri.ts";
import { looseObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didFocus: Method = (session) => (_ctx, params) => {
  const { uri } = looseObject(looseObject(params)["textDocument"]);
  session.focus(typeof uri === "string" ? canonicalUri(uri) : undefined);
};
