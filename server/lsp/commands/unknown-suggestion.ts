// The commands that belong to kinds of suggestions this server does not make. Clients may bind them all the same; the
// answer is the official server's for an item that it does not know.

import type { Method } from "../types.ts";

export const unknownSuggestion: Method = () => (): boolean => false;
