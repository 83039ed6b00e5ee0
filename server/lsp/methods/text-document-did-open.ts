// `textDocument/didOpen`.

import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didOpen: Method = (session) => (_ctx, params) => session.documents.open(readObject(params, "params"));
