// `textDocument/didFocus`, of Copilot plugins: which document has the cursor; no document when none has. Accepted: every
// request names its document anyway.

import type { Method } from "../types.ts";

export const didFocus: Method = () => () => undefined;
