// Tells the model which file it is in, or at least which language. It is one line, and says more than the line of text
// that would make room for it, so it is never left out.

import type { CompletionRequest } from "../../../shared/completion.ts";
import { languageOf } from "../../../shared/languages.ts";
import { type ContextBlock, oneLine } from "./blocks.ts";

/** A bare prompt gets one only when it names a path: its writer decides what the model sees. */
export function documentMarker(request: CompletionRequest): ContextBlock | undefined {
  const { languageId, path, before } = request;
  if (path !== undefined && path !== "") return { text: `Path: ${oneLine(path)}`, form: "words", worth: 1 };
  if (request.kind === "prompt") return undefined;
  const { firstLine } = languageOf(languageId);
  if (firstLine === null) return undefined;
  if (firstLine === undefined) return { text: `Language: ${oneLine(languageId)}`, form: "words", worth: 1 };
  const hasOne = request.beforeOffset === 0 && (before.startsWith("#!") || before.startsWith("<!DOCTYPE"));
  return hasOne ? undefined : { text: firstLine, form: "code", worth: 1 };
}
