// The subject of a request that brings its texts along: its edits are put into the same history that open documents have.

import { type DocumentText, type OpenDocument, plainText } from "../../../shared/documents.ts";
import type { PastEdit, TextEditRequest } from "../../../shared/edits.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import { type LineRun, lineDiff } from "../history/line-diff.ts";
import type { HistoryEntry } from "../history/recorder.ts";
import type { Aggressiveness } from "../prompt/inputs.ts";
import type { Subject } from "../question.ts";
import type { JudgeFile, KeptBack, NamedFile } from "../types.ts";

/** As many changes of one edit are told one by one. A prompt shows no more. */
const maxSteps = 25;

export function subjectOfText(
  request: TextEditRequest,
  verdict: JudgeFile,
  aggressiveness: Aggressiveness,
): { readonly subject: Subject; readonly keptBack: KeptBack | undefined } {
  const { path, file, languageId, line } = request;
  const text = plainText(request.text);
  const document = documentOf(path, languageId, file, text);
  const files = (request.files ?? []).map((other): HistoryEntry => {
    const of = plainText(other.text);
    // Nothing was changed in it; a prompt shows it from the top.
    const top = { start: 0, end: 1, newStart: 0, newEnd: 1 };
    return entryOf(documentOf(other.path, languageIdOfPath(other.path), undefined, of), of, of, top);
  });
  const edits = request.edits.flatMap((edit) => {
    const after = plainText(edit.after);
    return edit.path === path
      ? stepsOf(document, edit, line)
      : stepsOf(documentOf(edit.path, languageIdOfPath(edit.path), undefined, after), edit, 0);
  });
  return {
    subject: {
      document,
      path,
      text,
      place: request,
      isAfterAccept: false,
      entries: [...files, ...edits].filter((entry) => mayTellOf(entry, verdict)),
      diagnostics: request.diagnostics ?? [],
      aggressiveness,
    },
    keptBack: verdict(document, text),
  };
}

/** Of both its texts: what was removed is told as well. */
export function mayTellOf({ document, before, after }: HistoryEntry, verdict: JudgeFile): boolean {
  return verdict(document, after) === undefined && verdict(document, before) === undefined;
}

/** The files that a request brings along. */
export function filesOf({ path, file, files = [], edits }: TextEditRequest): readonly NamedFile[] {
  const others = [...files, ...edits].map((other) => ({ path: other.path, file: undefined }));
  return [{ path, file }, ...others].map((named) => ({ ...named, languageId: languageIdOfPath(named.path) }));
}

function documentOf(path: string, languageId: string, file: string | undefined, text: DocumentText): OpenDocument {
  return { id: path, languageId, path, file, text: () => text };
}

/**
 * An edit as a person might have made it, change by change, those next to the line last: a prompt shows the newest ones, and
 * an edit that has grown over a day does not fit into one.
 */
function stepsOf(document: OpenDocument, { before, after }: PastEdit, line: number): readonly HistoryEntry[] {
  const old = plainText(before).lines(0, Number.POSITIVE_INFINITY);
  const now = plainText(after).lines(0, Number.POSITIVE_INFINITY);
  const nearestLast = lineDiff(old, now).toSorted((one, other) => distance(other, line) - distance(one, line));
  const first = nearestLast.slice(0, -maxSteps);
  let made = first;
  let text = textOf(withRuns(old, now, first));
  return nearestLast.slice(first.length).map((run) => {
    const grown = made
      .filter(({ start }) => start < run.start)
      .reduce((sum, one) => sum + one.newEnd - one.newStart - (one.end - one.start), 0);
    made = [...made, run];
    const next = textOf(withRuns(old, now, made));
    const start = run.start + grown;
    const entry = entryOf(document, text, next, {
      start,
      end: start + run.end - run.start,
      newStart: start,
      newEnd: start + run.newEnd - run.newStart,
    });
    text = next;
    return entry;
  });
}

function distance({ newStart, newEnd }: LineRun, line: number): number {
  return line < newStart ? newStart - line : Math.max(0, line - newEnd);
}

/** `old` with the lines of `now` in some of the places where they differ. */
function withRuns(old: readonly string[], now: readonly string[], runs: readonly LineRun[]): readonly string[] {
  let from = 0;
  const parts = runs
    .toSorted((one, other) => one.start - other.start)
    .flatMap(({ start, end, newStart, newEnd }) => {
      const part = [...old.slice(from, start), ...now.slice(newStart, newEnd)];
      from = end;
      return part;
    });
  return [...parts, ...old.slice(from)];
}

/** A text of lines; only what asks for its characters puts them together. */
function textOf(lines: readonly string[]): DocumentText {
  let whole: DocumentText | undefined;
  const joined = (): DocumentText => {
    whole ??= plainText(lines.join("\n"));
    return whole;
  };
  return {
    get length() {
      return joined().length;
    },
    slice: (start, end) => joined().slice(start, end),
    lineStart: (line) => joined().lineStart(line),
    lineCount: Math.max(1, lines.length),
    lines: (start, end) => lines.slice(start, end),
  };
}

/** An entry of the lines of a run. One that only adds or only removes has no line on the other side. */
function entryOf(document: OpenDocument, before: DocumentText, after: DocumentText, run: LineRun): HistoryEntry {
  return {
    document,
    before,
    after,
    startLine: run.start,
    endLine: run.end - 1,
    newEndLine: run.newEnd - 1,
    changedAtMs: 0,
    since: 0,
    revision: 0,
    isByHand: true,
  };
}
