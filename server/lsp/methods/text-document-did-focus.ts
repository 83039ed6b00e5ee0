// `textDocument/didFocus`, of Copilot plugins: which document has the cursor; no document when none has.

import { objectOf } from "../../runtime/json.ts";
import { canonicalUri } from "../documents/document-uri.ts";

import type { Method } from "../types.ts";

export const didFocus: Method = (session) => (_ctx, params) => {
  const { uri } = objectOf(objectOf(params)["textDocument"]);
  session.focus(typeof uri === "string" ? canonicalUri(uri) : undefined);
};
