// What a check of one hunk goes by. A rule answers the hunk, as it is or trimmed, or undefined to drop it.

import type { EditDiagnostic } from "../../../shared/edits.ts";
import type { Hunk } from "../answer/hunk.ts";
import type { HistoryHunk } from "../history/hunks.ts";
import type { Place } from "../window.ts";

export interface RuleFacts {
  /** Lines `[start, end)` of the text that was asked about, as far as there are any; as they were shown to the model. */
  readonly lines: (start: number, end: number) => readonly string[];
  readonly cursor: Place;
  /** What was changed in this document lately, newest first. */
  readonly recent: readonly HistoryHunk[];
  /** The edit would only add text at the cursor, and completions do that. */
  readonly hasCompletions: boolean;
  /**
   * The model was asked about a place that the last changes left behind, and not about the cursor's. `recent`: what was
   * changed lately in any document.
   */
  readonly elsewhere?:
    | { readonly diagnostics: readonly EditDiagnostic[]; readonly recent: readonly HistoryHunk[] }
    | undefined;
}

/** A hunk and the lines that it replaces. */
export interface Candidate extends Hunk {
  readonly old: readonly string[];
}

export interface EditRule {
  /** Names the rule to whoever wants to know why nothing is offered. */
  readonly name: string;
  apply(hunk: Candidate, facts: RuleFacts): Hunk | undefined;
}

/** The same hunk without equal lines at both ends. */
export function trimmedHunk({ start, lines, old }: Candidate): Hunk {
  let head = 0;
  while (head < old.length && head < lines.length && old[head] === lines[head]) head += 1;
  let tail = 0;
  const most = Math.min(old.length, lines.length) - head;
  while (tail < most && old[old.length - 1 - tail] === lines[lines.length - 1 - tail]) tail += 1;
  return { start: start + head, end: start + old.length - tail, lines: lines.slice(head, lines.length - tail) };
}
