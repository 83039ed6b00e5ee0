// What a scripted core says of prompts and open documents: the body names what was asked, and documents are noted.

import type { CompletionRequest, PromptPreview } from "../../shared/completion.ts";
import type { DocumentObserver } from "../../shared/documents.ts";

export function previewOf({ before, after, languageId }: CompletionRequest): PromptPreview {
  return {
    model: "gpt-41-copilot",
    body: {
      prompt: before,
      suffix: after,
      max_tokens: 500,
      temperature: 0,
      top_p: 1,
      n: 1,
      stop: ["\n"],
      stream: true,
      extra: { language: languageId, next_indent: 0, trim_by_indentation: false, prompt_tokens: 1, suffix_tokens: 1 },
      code_annotations: false,
    },
  };
}

export interface RecordingObserver extends DocumentObserver {
  /** `opened file:///a python src/a.py`, `changed file:///a 1-1 to 1-2`, `closed …`, `focused …`. */
  readonly events: readonly string[];
}

export function createRecordingObserver(): RecordingObserver {
  const events: string[] = [];
  return {
    events,
    opened: ({ id, languageId, path, text }) =>
      void events.push(`opened ${id} ${languageId} ${path ?? "-"} ${JSON.stringify(text().slice(0))}`),
    changed: (id, { startLine, endLine, newEndLine }) =>
      void events.push(`changed ${id} ${startLine}-${endLine} to ${startLine}-${newEndLine}`),
    closed: (id) => void events.push(`closed ${id}`),
    focused: (id) => void events.push(`focused ${id ?? "-"}`),
  };
}
