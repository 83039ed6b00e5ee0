// Who holds a port, in a person's words.

import type { PortHolder } from "../env.ts";
import { durationInWords } from "../../../shared/words/in-words.ts";
import { plain } from "./output.ts";

/** As in `Port 8080 is held by …`. `nowMs`: milliseconds since the epoch. */
export function holderInWords(holder: PortHolder, nowMs: number): string {
  switch (holder.kind) {
    case "nobody":
      return "nobody";
    case "copilot-lsp": {
      const version = holder.version === undefined ? "" : ` ${plain(holder.version)}`;
      const process = holder.pid === undefined ? "" : ` (process ${holder.pid})`;
      const since = holder.sinceMs === undefined ? "" : `, for ${durationInWords(Math.max(0, nowMs - holder.sinceMs))}`;
      return `copilot-lsp${version}${process}${since}`;
    }
    case "foreign":
      if (holder.refuses) return "another person's copilot-lsp";
      return holder.server === undefined ? "another program" : `another program (${plain(holder.server)})`;
  }
}
