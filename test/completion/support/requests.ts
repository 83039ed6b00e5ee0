// Requests as a test writes them: a document with `▮` where the cursor is, or a bare prompt.

import type { CompletionItem, CompletionResult, DocumentRequest, PromptRequest } from "../../../shared/completion.ts";
import type { CompletionSettings } from "../../../server/completion/settings.ts";

export const cursor = "▮";

export const usualSettings: CompletionSettings = {
  enabled: true,
  languages: { plaintext: false, markdown: false },
  model: "",
  lines: "auto",
  maxTokens: 500,
  speculation: "off",
  neighbours: true,
  recentEdits: true,
  contextStyle: "comments",
  secrets: "redact",
  serverHost: "github.com",
};

export function documentRequest(text: string, changes: Partial<DocumentRequest> = {}): DocumentRequest {
  const [before = "", after = ""] = text.split(cursor);
  return {
    kind: "document",
    documentId: "file:///a",
    languageId: "java",
    trigger: "typed",
    lines: "auto",
    before,
    beforeOffset: 0,
    after,
    lineCount: text.split("\n").length,
    ...changes,
  };
}

export function promptRequest(before: string, changes: Partial<PromptRequest> = {}): PromptRequest {
  return { kind: "prompt", languageId: "python", trigger: "script", lines: "one", before, after: "", ...changes };
}

export function accept({ before, after }: DocumentRequest, item: CompletionItem): { before: string; after: string } {
  return {
    before: before.slice(0, before.length - item.replaceBefore) + item.text,
    after: after.slice(item.replaceAfter),
  };
}

export function itemsOf(result: CompletionResult): readonly CompletionItem[] {
  if (result.kind === "empty") throw new Error(`Expected items, got nothing: ${result.reason}.`);
  return result.items;
}

export function textsOf(result: CompletionResult): readonly string[] {
  return itemsOf(result).map(({ text }) => text);
}
