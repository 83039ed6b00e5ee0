// `exit`: the session is over. LSP 3.18: code 0 after `shutdown`, else 1.

import type { Method } from "../types.ts";

export const exit: Method = (session) => () => session.lifecycle.end(session.lifecycle.phase() === "shut-down" ? 0 : 1);
