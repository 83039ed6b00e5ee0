// `debug/diagnostics`, by which plugins collect what goes into a report of a fault: versions and the status, as Markdown.
// Asks nobody; `copilot-lsp doctor` tries the network.

import type { DiagnosticsResult } from "../../../shared/lsp.ts";
import { describeReport } from "../account/report-text.ts";
import type { Method } from "../types.ts";

export const debugDiagnostics: Method =
  (session) =>
  async (ctx): Promise<DiagnosticsResult> => {
    const core = await session.core(ctx);
    const report = core.report();
    const { quotaRows } = await import("../../../shared/words/quota.ts");
    const quotas = report.session ? quotaRows(report.session, session.clock.nowMs()) : [];
    const { editorName, editorVersion, pluginName = "none", pluginVersion = "" } = session.client().identity;
    const lines = [
      `Editor: ${editorName || "not named"} ${editorVersion}`,
      `Plugin: ${pluginName} ${pluginVersion}`,
      `Client profile: ${session.client().profile.name}`,
      `Node.js ${process.versions.node}, ${process.platform} ${process.arch}`,
      ...describeReport(report, session.acceptance.counts(), quotas).split("\n"),
      "Network: run `copilot-lsp doctor`",
    ];
    return { report: `## copilot-lsp\n${lines.map((line) => `- ${line.trim()}\n`).join("")}` };
  };
