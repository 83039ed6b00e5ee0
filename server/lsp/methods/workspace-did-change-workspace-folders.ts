// `workspace/didChangeWorkspaceFolders`.

import { readObject } from "../params.ts";
import type { Method } from "../types.ts";

export const didChangeWorkspaceFolders: Method = (session) => (_ctx, params) =>
  session.workspace.change(readObject(readObject(params, "params")["event"], "event"));
