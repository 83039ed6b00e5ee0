// Tells the model which file it is in, or at least which language. It is one line, and says more than the line of text
// that would make room for it, so it is never left out.

import type { CompletionRequest } from "../../../shared/completion.ts";
import { type ContextBlock, oneLine } from "./blocks.ts";

// Languages that say what they are in a first line of their own.
const firstLines: Readonly<Record<string, string>> = {
  html: "<!DOCTYPE html>",
  python: "#!/usr/bin/env python3",
  ruby: "#!/usr/bin/env ruby",
  shellscript: "#!/bin/sh",
  yaml: "# YAML data",
};
const unmarked: ReadonlySet<string> = new Set(["php", "plaintext"]);

/** A bare prompt gets one only when it names a path: its writer decides what the model sees. */
export function documentMarker(request: CompletionRequest): ContextBlock | undefined {
  const { languageId, path, before } = request;
  if (path !== undefined && path !== "") return { text: `Path: ${oneLine(path)}`, form: "words", worth: 1 };
  if (request.kind === "prompt" || unmarked.has(languageId)) return undefined;
  const firstLine = firstLines[languageId];
  if (firstLine === undefined) return { text: `Language: ${oneLine(languageId)}`, form: "words", worth: 1 };
  const hasOne = request.beforeOffset === 0 && (before.startsWith("#!") || before.startsWith("<!DOCTYPE"));
  return hasOne ? undefined : { text: firstLine, form: "code", worth: 1 };
}
