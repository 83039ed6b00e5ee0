// Tells the editor what the plan leaves whenever that is another figure: `copilot/quotaChange`.

import type { Core } from "../../core/types.ts";
import type { Editor } from "../session/editor.ts";
import { quotaChange } from "./quotas.ts";

/** Sends the present figures, if any, and every other. Returns a function that stops it. */
export function startQuotaNotices(core: Core, editor: Editor): () => void {
  let told = "";
  const look = (): void => {
    const { session } = core.report();
    if (!session) return;
    const params = quotaChange(session);
    const text = JSON.stringify(params);
    if (text === told || text === "{}") return;
    told = text;
    editor.notify("copilot/quotaChange", params);
  };
  look();
  return core.onQuotas(look);
}
