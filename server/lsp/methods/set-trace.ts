// `$/setTrace`: accepted. This server sends no `$/logTrace`; the setting `log.level` governs the log.

import type { Method } from "../types.ts";

export const setTrace: Method = () => () => undefined;
