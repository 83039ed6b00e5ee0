// `shutdown`: ends what is under way; `exit` ends the session.

import type { Method } from "../types.ts";

export const shutdown: Method = (session) => () => session.lifecycle.shutDown();
