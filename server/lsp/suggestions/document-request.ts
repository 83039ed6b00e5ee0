// From a document and a position to a completion request. Every method that completes in an open document comes by here.

import type { DocumentRequest, LineMode } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { LspPosition } from "../../../shared/lsp.ts";
import type { DocumentSnapshot } from "../documents/documents.ts";
import { type Excerpt, excerptAt } from "../documents/excerpt.ts";
import type { Session } from "../types.ts";
import { type InsertionPoint, insertionPointAt, type SelectedEntry } from "./insertion-point.ts";

export interface DocumentPosition {
  readonly uri: string;
  /** Refused with `content-modified` when it is given and is not the current one. */
  readonly version: number | undefined;
  readonly position: LspPosition;
}

export interface RequestOptions extends Pick<DocumentRequest, "trigger" | "n" | "indentation"> {
  /** Absent: as the settings say. */
  readonly lines?: LineMode;
  readonly selected?: SelectedEntry;
}

export interface PreparedRequest {
  readonly document: DocumentSnapshot;
  readonly excerpt: Excerpt;
  readonly point: InsertionPoint;
  readonly request: DocumentRequest;
}

/**
 * Takes the text as it is now; the next message may change it. Undefined below the last line. Throws `unknown-document`
 * and `content-modified`.
 */
export function prepareRequest(
  session: Session,
  { uri, version, position }: DocumentPosition,
  { selected, ...options }: RequestOptions,
): PreparedRequest | undefined {
  const document = session.documents.get(uri, version);
  const excerpt = excerptAt(document.text, position);
  if (!excerpt) return undefined;
  const point = insertionPointAt(excerpt, selected);
  const request: DocumentRequest = {
    kind: "document",
    documentId: document.uri,
    languageId: document.languageId,
    editorLanguageId: document.editorLanguageId,
    otherNames: document.otherNames.length === 0 ? undefined : document.otherNames,
    before: point.before,
    beforeOffset: point.beforeOffset,
    after: point.after,
    lineCount: document.text.lineCount,
    line: point.line,
    path: session.workspace.relativePath(uri),
    file: session.workspace.fullPath(uri),
    ...options,
    lines: options.lines ?? session.settings().lines,
  };
  return { document, excerpt, point, request };
}

/** As `prepareRequest`; throws `bad-request` below the last line. */
export function requireRequest(session: Session, at: DocumentPosition, options: RequestOptions): PreparedRequest {
  const prepared = prepareRequest(session, at, options);
  if (prepared) return prepared;
  const { lineCount } = session.documents.get(at.uri, at.version).text;
  throw new CopilotError("bad-request", `position.line must be below ${lineCount}, the document's lines.`);
}
