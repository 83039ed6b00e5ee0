// The subject of a request that brings its texts along: its edits are put into the same history that open documents have.

import { type DocumentText, type OpenDocument, plainText } from "../../shared/documents.ts";
import type { NoEditReason, TextEditRequest } from "../../shared/edits.ts";
import { languageIdOfPath } from "../../shared/languages.ts";
import type { HistoryEntry } from "./history/recorder.ts";
import type { Aggressiveness } from "./prompt/inputs.ts";
import type { Subject } from "./question.ts";
import type { NamedFile, Verdict } from "./types.ts";

export function subjectOfText(
  request: TextEditRequest,
  verdict: (file: NamedFile) => Verdict,
  aggressiveness: Aggressiveness,
): { readonly subject: Subject; readonly reason: NoEditReason | undefined } {
  const { path, languageId } = request;
  const text = plainText(request.text);
  const document = documentOf(path, languageId, text);
  const ruling = verdict(document);
  const files = (request.files ?? []).map((file) =>
    entryOf(file.path, plainText(file.text), plainText(file.text), false),
  );
  const edits = request.edits.map(({ path: of, before, after }) =>
    entryOf(of, plainText(before), plainText(after), true),
  );
  return {
    subject: {
      document,
      path,
      text,
      place: request,
      isAfterAccept: false,
      entries: [...files, ...edits].filter((entry) => verdict(entry.document) === "send"),
      diagnostics: request.diagnostics ?? [],
      aggressiveness,
    },
    reason: ruling === "send" ? undefined : ruling,
  };
}

function documentOf(path: string, languageId: string, text: DocumentText): OpenDocument {
  return { id: path, languageId, path, file: undefined, text: () => text };
}

/** The changed lines are those between the equal ones at both ends. */
function entryOf(path: string, before: DocumentText, after: DocumentText, isByHand: boolean): HistoryEntry {
  const old = before.lines(0, before.lineCount);
  const now = after.lines(0, after.lineCount);
  const most = Math.min(old.length, now.length);
  let startLine = 0;
  while (startLine < most - 1 && old[startLine] === now[startLine]) startLine += 1;
  let tail = 0;
  while (tail < most - startLine - 1 && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  return {
    document: documentOf(path, languageIdOfPath(path), after),
    before,
    after,
    startLine,
    endLine: old.length - 1 - tail,
    newEndLine: now.length - 1 - tail,
    changedAtMs: 0,
    isByHand,
  };
}
