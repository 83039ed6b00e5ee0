// Who holds a port, in a person's words.

import type { PortHolder } from "./env.ts";
import { plain } from "./output.ts";

/** As in `Port 8080 is held by …`. */
export function holderInWords(holder: PortHolder): string {
  switch (holder.kind) {
    case "nobody":
      return "nobody";
    case "copilot-lsp": {
      const version = holder.version === undefined ? "" : ` ${plain(holder.version)}`;
      return `copilot-lsp${version}${holder.pid === undefined ? "" : ` (process ${holder.pid})`}`;
    }
    case "foreign":
      return holder.server === undefined ? "another program" : `another program (${plain(holder.server)})`;
  }
}
