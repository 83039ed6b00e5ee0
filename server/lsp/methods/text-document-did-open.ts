// `textDocument/didOpen`.

import { objectOf } from "../../runtime/json.ts";
import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didOpen: Method = (session) => (ctx, params) => {
  const fields = readObject(params, "params");
  session.documents.open(fields);
  const { uri } = objectOf(fields["textDocument"]);
  if (typeof uri === "string") ctx.log.debug("a document was opened", { uri });
};
