// `copilot.status`: how it goes, as a message for the person and as data for a program.

import type { StatusResult } from "../../../shared/lsp.ts";
import { describeReport } from "../account/report-text.ts";
import type { Method } from "../types.ts";

export const status: Method =
  (session) =>
  async (ctx): Promise<StatusResult> => {
    const core = await session.core(ctx);
    const report = core.report();
    const suggestions = session.acceptance.counts();
    const { quotaRows } = await import("../../../shared/words/quota.ts");
    const quotas = report.session ? quotaRows(report.session, session.clock.nowMs()) : [];
    const text = describeReport(report, suggestions, quotas);
    session.editor.log(text);
    session.editor.showMessage("info", text);
    return { ...report, suggestions };
  };
