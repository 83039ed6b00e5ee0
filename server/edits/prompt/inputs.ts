// What a prompt is made of, as plain lines: gathered once, laid out by any strategy.

import type { EditDiagnostic } from "../../../shared/edits.ts";
import type { HistoryHunk } from "../history/hunks.ts";
import type { EditWindow, LineRange } from "../window.ts";

/** How sure the model shall be, in the models' own words. */
export type Aggressiveness = "low" | "medium" | "high";

export interface RecentFile {
  readonly path: string;
  /** Number of the first line that is shown. */
  readonly startLine: number;
  readonly lines: readonly string[];
  readonly isTruncated: boolean;
}

export interface RecentEdit {
  readonly path: string;
  /** Not empty. */
  readonly hunks: readonly HistoryHunk[];
}

export interface PromptInputs {
  readonly path: string;
  readonly at: EditWindow;
  /** The part of the current file that is shown; holds the area. */
  readonly file: LineRange & { readonly lines: readonly string[] };
  /** Oldest first. */
  readonly recentFiles: readonly RecentFile[];
  /** Oldest first. */
  readonly edits: readonly RecentEdit[];
  readonly diagnostics: readonly EditDiagnostic[];
  readonly aggressiveness: Aggressiveness;
}
