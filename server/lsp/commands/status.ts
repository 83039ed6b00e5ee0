// `copilot.status`: how it goes, as a message for the person and as data for a program.

import type { StatusReport } from "../../../shared/status.ts";
import { describeReport } from "../report-text.ts";
import type { Method } from "../types.ts";

export const status: Method =
  (session) =>
  async (ctx): Promise<StatusReport> => {
    const core = await session.core(ctx);
    const report = core.report();
    const text = describeReport(report);
    session.editor.log(text);
    session.editor.showMessage("info", text);
    return report;
  };
