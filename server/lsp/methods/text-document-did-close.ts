// `textDocument/didClose`.

import { readDocumentName, readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didClose: Method = (session) => (_ctx, params) => {
  const { uri } = readDocumentName(readObject(params, "params")["textDocument"]);
  if (!session.documents.close(uri)) return;
  session.offers.forgetDocument(uri);
  session.acceptance.forgetDocument(uri);
};
