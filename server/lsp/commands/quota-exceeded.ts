// `github.copilot.completions.quotaExceeded`, which the status names when the plan's completions are used up: says so to
// the person and opens the page that tells more, where the editor can. Answers what is left.

import type { QuotaResult } from "../../../shared/lsp.ts";
import { withHeadline } from "../account/report-text.ts";
import { quotaResult } from "../account/quotas.ts";
import type { Method } from "../types.ts";

export const quotaExceeded: Method =
  (session) =>
  async (ctx): Promise<QuotaResult> => {
    const report = (await session.core(ctx)).report();
    const page = `${report.server.replace(/(?<!\/)\/+$/, "")}/settings/copilot`;
    const state = report.status.message ?? "There are completions left.";
    session.editor.showMessage("info", withHeadline(`${state} See ${page}.`));
    if (session.client().opensUrls) void session.editor.openUrl(page);
    return quotaResult(report.session);
  };
