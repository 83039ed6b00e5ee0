// What is never asked at all, and why: cheap questions about the request and the settings, before any work.

import type { CompletionRequest, DocumentRequest, EmptyReason } from "../../shared/completion.ts";
import { asClosingPunctuation, lineAfterCursor } from "./text/lines.ts";
import type { CompletionSettings } from "./settings.ts";

const minDocumentChars = 10;

/** The reason not to ask, if there is one. */
export function skipReason(request: CompletionRequest, settings: CompletionSettings): EmptyReason | undefined {
  if (!settings.enabled) return "disabled";
  if (settings.isExcluded(request.path, request.kind === "document" ? request.file : undefined)) return "excluded";
  if (request.kind === "prompt") return request.before === "" && request.after === "" ? "too-short" : undefined;
  if (!isLanguageOn(settings, request.languageId)) return "disabled";
  if (isTooShort(request)) return "too-short";
  // A program that names a place in the middle of a line means that position.
  if (request.trigger !== "script" && !asClosingPunctuation(lineAfterCursor(request.after))) return "mid-line";
  return undefined;
}

export function isLanguageOn({ languages }: Pick<CompletionSettings, "languages">, languageId: string): boolean {
  return languages[languageId] ?? languages["*"] ?? true;
}

// A commit message box is short by nature.
function isTooShort({ languageId, beforeOffset, before, after }: DocumentRequest): boolean {
  return languageId !== "scminput" && beforeOffset + before.length + after.length < minDocumentChars;
}
