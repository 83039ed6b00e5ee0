// Tells the editor what the plan leaves whenever that is another figure: `copilot/quotaChange`. The core does not say when
// it has learnt of that, so it is looked at whenever a message has been dealt with.

import type { Core } from "../../core/types.ts";
import type { Editor } from "../session/editor.ts";
import { quotaChange } from "./quotas.ts";

/** Looks whether there is news, and tells of it. */
export function createQuotaNotices(core: Core, editor: Editor): () => void {
  let told = "";
  return () => {
    const { session } = core.report();
    if (!session) return;
    const params = quotaChange(session);
    const text = JSON.stringify(params);
    if (text === told || text === "{}") return;
    told = text;
    editor.notify("copilot/quotaChange", params);
  };
}
