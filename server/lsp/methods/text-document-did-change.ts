// `textDocument/didChange`: incremental or whole.

import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didChange: Method = (session) => (_ctx, params) => session.documents.change(readObject(params, "params"));
