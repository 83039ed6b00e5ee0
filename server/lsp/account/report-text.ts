// What a person is told of the status. Editors show the first line of a message, often no more than 80 columns of it, so
// that line says the state and its reason; details follow.

import type { SuggestionCounts } from "../../../shared/lsp.ts";
import type { ExclusionReport } from "../../../shared/exclusion.ts";
import { keptBackInWords, rulesInWords } from "../../../shared/words/exclusion.ts";
import type { QuotaRow } from "../../../shared/words/quota.ts";
import type { AccountState, StatusReport } from "../../../shared/status.ts";

const maxHeadlineUnits = 70;
const maxKeptBack = 5;

/** `text`, with a shortened copy of its first line before it where that line is too long. */
export function withHeadline(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  if (first.length <= maxHeadlineUnits) return text;
  const start = first.slice(0, maxHeadlineUnits - 1);
  const lastSpace = start.lastIndexOf(" ");
  return `${start.slice(0, lastSpace < maxHeadlineUnits / 2 ? undefined : lastSpace)}…\n${text}`;
}

/** `quotas`: what the plan leaves, in words. */
export function describeReport(
  report: StatusReport,
  suggestions: SuggestionCounts,
  quotas: readonly QuotaRow[],
): string {
  const { status, lastEmpty } = report;
  const empty = lastEmpty ? ` The last empty answer: ${lastEmpty.reason}.` : "";
  const headline = withHeadline(`Copilot: ${status.message ?? `ready.${empty}`}`);
  return `${headline}\n${reportDetails(report, suggestions, quotas).join(" ")}`;
}

function reportDetails(
  report: StatusReport,
  suggestions: SuggestionCounts,
  quotas: readonly QuotaRow[],
): readonly string[] {
  const { completions } = report;
  return [
    `copilot-lsp ${report.version}.`,
    describeAccount(report.account, report.server),
    ...(report.model ? [`Model: ${report.model}.`] : []),
    ...quotas.map(({ name, text }) => `${name}: ${text}.`),
    `Completions: ${completions.asked} asked, ${completions.answered} answered, ${completions.empty} empty.`,
    ...(report.exclusions ? describeExclusions(report.exclusions) : []),
    ...(suggestions.accepted + suggestions.acceptedInPart > 0 ? [describeSuggestions(suggestions)] : []),
  ];
}

function describeExclusions(exclusions: ExclusionReport): readonly string[] {
  return [
    ...rulesInWords(exclusions).map((sentence) => `Rules of your organisation: ${sentence}`),
    ...keptBackInWords(exclusions, maxKeptBack).map((sentence) => `Kept back: ${sentence}`),
  ];
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
    case "not-needed":
      return account.inPlaceOf === undefined
        ? `Asked is ${account.name}; nobody has to be signed in.`
        : `${account.inPlaceOf === "signed-out" ? "Nobody is signed in" : "The account is without Copilot"} on ${server}; ${account.name} answers meanwhile.`;
    case "signed-in":
      return `Signed in as ${account.user ?? "a user whose name is not known yet"} on ${server} (token: ${account.source}).`;
    case "not-authorized":
      return `Signed in as ${account.user ?? "somebody"} on ${server}, but without Copilot: ${account.message}`;
  }
}
