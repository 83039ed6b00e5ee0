// `textDocument/didShowInlineEdit`, of Copilot plugins. Accepted: this server makes no such edits, so none is on screen.

import type { Method } from "../types.ts";

export const didShowInlineEdit: Method = () => () => undefined;
