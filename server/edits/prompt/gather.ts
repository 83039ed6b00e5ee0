// From documents and their history to the plain lines that a prompt is made of. What may not be sent is out here already.

import type { DocumentText, OpenDocument } from "../../../shared/documents.ts";
import type { EditDiagnostic } from "../../../shared/edits.ts";
import type { HistoryEntry } from "../history/recorder.ts";
import type { EditWindow } from "../window.ts";
import { fileRange } from "./current-file.ts";
import type { Aggressiveness, PromptInputs } from "./inputs.ts";
import type { EditWords } from "./recent-edits.ts";
import { recentFiles } from "./recent-files.ts";
import type { SafeTexts } from "./safe-text.ts";

const fileTokens = 1_500;

export interface PromptSources {
  readonly path: string;
  readonly text: DocumentText;
  readonly at: EditWindow;
  /** Oldest first; of files that may be sent. */
  readonly entries: readonly HistoryEntry[];
  readonly diagnostics: readonly EditDiagnostic[];
  readonly aggressiveness: Aggressiveness;
}

/** `pathOf`: the one spelling of a file's path in the prompt, its prediction and its answer. */
export function gather(words: EditWords, texts: SafeTexts, sources: PromptSources, budget = fileTokens): PromptInputs {
  const { path, text, at, entries, diagnostics, aggressiveness } = sources;
  const pathOf = (entry: HistoryEntry): string => shownPath(entry.document);
  const file = fileRange(text, at, budget);
  return {
    path,
    at,
    file: { ...file, lines: text.lines(file.start, file.end) },
    recentFiles: recentFiles(entries, path, pathOf, texts),
    edits: words.of(entries, pathOf, texts),
    diagnostics,
    aggressiveness,
  };
}

/** How a prompt, its prediction and its answer name a document. Never an absolute path. */
export function shownPath({ path }: Pick<OpenDocument, "path">): string {
  return path ?? "untitled";
}
