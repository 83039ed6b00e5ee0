// Every reason why there is no next edit, as a sentence for a person at a shell or before the page.

import type { NoEditReason } from "../edits.ts";
import { reasonInWords } from "./reasons.ts";

const editSentences: Readonly<Record<NoEditReason, string>> = {
  disabled: "Next edits are turned off, for this language or altogether; see `copilot-lsp config edits.enabled`.",
  plan: "The plan counts requests; `copilot-lsp config edits.enabled on` asks all the same.",
  excluded: reasonInWords("excluded"),
  "unknown-document": reasonInWords("unknown-document"),
  "no-changes": "Nothing was changed that a next edit could follow.",
  "nothing-new": "All that the service had to say was offered already.",
  "not-asked": "Nothing is known yet, and nobody was asked.",
  "too-large": "The file, or the part of it that would be sent, is too large.",
  stale: "The text had changed.",
  late: "The service took too long.",
  "upstream-empty": "The service had nothing to change here.",
  filtered: "What the service offered did not pass the checks.",
  secret: reasonInWords("secret"),
};

export function noEditInWords(reason: NoEditReason): string {
  return editSentences[reason];
}
