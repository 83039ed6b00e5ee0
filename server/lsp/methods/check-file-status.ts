// `checkFileStatus {uri}`: whether the file may be sent to the service. No rule of the account's keeps a file back here;
// a file that a setting excludes shows as the reason of an empty completion.

import type { FileStatusResult } from "../../../shared/lsp.ts";
import { readObject, readString } from "../params.ts";
import type { Method } from "../types.ts";

export const checkFileStatus: Method =
  () =>
  (_ctx, params): FileStatusResult => {
    readString(readObject(params, "params")["uri"], "uri");
    return { status: "included" };
  };
