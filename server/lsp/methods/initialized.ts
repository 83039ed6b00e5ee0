// `initialized`: from here on the server may ask the client things.

import type { Method } from "../types.ts";

export const initialized: Method = (session) => () => session.ready();
