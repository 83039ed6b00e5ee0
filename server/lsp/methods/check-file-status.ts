// `checkFileStatus {uri}`: whether the file may be sent to the service, and whose rule keeps it back.

import type { FileStatusResult } from "../../../shared/lsp.ts";
import { canonicalUri } from "../documents/document-uri.ts";
import { readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const checkFileStatus: Method =
  (session) =>
  async (ctx, params): Promise<FileStatusResult> => {
    const uri = canonicalUri(readString(readObject(params, "params")["uri"], "uri"));
    const { workspace, documents } = session;
    const core = await session.core(ctx);
    const file = {
      path: workspace.relativePath(uri),
      file: workspace.filePath(uri),
      otherNames: workspace.otherNames(uri),
    };
    const text = documents.currentText(uri);
    const exclusion = await core.exclusionOf(ctx, file, text && (() => text));
    return exclusion ? { status: "excluded", reason: exclusion.message } : { status: "included" };
  };
