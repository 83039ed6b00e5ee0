// `textDocument/copilotInlineEdit`: edits that should follow the last ones elsewhere in the document. This server makes
// none and says so. Plugins ask while the person types and show every error, so there is none for a stale version.

import type { InlineEditResult } from "../../../shared/lsp.ts";
import { readDocumentName, readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const copilotInlineEdit: Method =
  () =>
  (_ctx, params): InlineEditResult => {
    readDocumentName(readObject(params, "params")["textDocument"]);
    return { edits: [] };
  };
