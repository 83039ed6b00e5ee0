// `textDocument/didClose`.

import { readDocumentName, readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didClose: Method = (session) => (_ctx, params) => {
  const { uri } = readDocumentName(readObject(params, "params")["textDocument"]);
  session.documents.close(uri);
  session.offers.forgetDocument(uri);
  session.acceptance.forgetDocument(uri);
};
