// `$/setTrace`: accepted. This server sends no `$/logTrace`; its own log is told by a setting how much to say.

import type { Method } from "../types.ts";

export const setTrace: Method = () => () => undefined;
