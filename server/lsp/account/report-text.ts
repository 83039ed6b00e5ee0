// The status report in a few sentences for a person. One line: many editors show no more of a message.

import type { SuggestionCounts } from "../../../shared/lsp.ts";
import type { AccountState, StatusReport } from "../../../shared/status.ts";

export function describeReport(report: StatusReport, suggestions: SuggestionCounts): string {
  const { status, completions, lastEmpty } = report;
  const sentences = [
    `copilot-lsp ${report.version}: ${status.message ?? "ready."}`,
    describeAccount(report.account, report.server),
    ...(report.model ? [`Model: ${report.model}.`] : []),
    ...Object.entries(report.session?.quotas ?? {})
      .filter(([, quota]) => !quota.unlimited)
      .map(([name, quota]) => `Quota for ${name}: ${Math.round(quota.percentRemaining)} % left.`),
    `Completions: ${completions.asked} asked, ${completions.answered} answered, ${completions.empty} empty.`,
    ...(suggestions.accepted + suggestions.acceptedInPart > 0 ? [describeSuggestions(suggestions)] : []),
    ...(lastEmpty ? [`The last empty answer: ${lastEmpty.reason}.`] : []),
  ];
  return sentences.join(" ");
}

function describeSuggestions({ accepted, acceptedInPart, deletedAgain }: SuggestionCounts): string {
  const parts = [`${accepted} accepted`, `${acceptedInPart} in part`, `${deletedAgain} deleted again`];
  return `Suggestions: ${parts.join(", ")}.`;
}

function describeAccount(account: AccountState, server: string): string {
  switch (account.kind) {
    case "unknown":
      return "The account has not been looked up yet.";
    case "signed-out":
      return `Nobody is signed in on ${server}.`;
    case "signed-in":
      return `Signed in as ${account.user ?? "a user whose name is not known yet"} on ${server} (token: ${account.source}).`;
    case "not-authorized":
      return `Signed in as ${account.user ?? "somebody"} on ${server}, but without Copilot: ${account.message}`;
  }
}
