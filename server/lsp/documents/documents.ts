// The text of every open document, kept right by `didOpen`, `didChange` and `didClose`. When a change makes no sense the
// text is given up rather than guessed at: requests then say why, and a whole-text change or a new `didOpen` heals it.
// Knows nothing of what is done with the text.

import type { Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { LspRange } from "../../../shared/lsp.ts";
import { type DocumentObserver, plainText } from "../../../shared/documents.ts";
import { canonicalUri } from "./document-uri.ts";
import { languageIdFor, standardLanguageId } from "../../../shared/languages.ts";
import { type Json } from "../../runtime/json.ts";
import { readObject, readRange, readString } from "../params.ts";
import { applyEdit } from "./text/apply-edit.ts";
import { BlockText, type Edit } from "./text/block-text.ts";

/** A document as it is at one moment. It stays as it was when the document changes. */
export interface DocumentSnapshot {
  readonly uri: string;
  readonly languageId: string;
  /** As the editor named the language, where that is another name. */
  readonly editorLanguageId: string | undefined;
  /** As of a `DocumentRequest`. */
  readonly otherNames: readonly string[];
  readonly text: BlockText;
  /** As the client counts; 0 when it does not. */
  readonly version: number;
  /** Another number whenever the text is another one. */
  readonly revision: number;
}

export interface Documents {
  open(params: Json): void;
  change(params: Json): void;
  /** Takes back one `open`. False while another one is left: two parts of a client may have the same document open. */
  close(uri: string): boolean;
  /** Throws `unknown-document`, and `content-modified` when `version` is given and is not the current one. */
  get(uri: string, version: number | undefined): DocumentSnapshot;
  /** The text now; undefined when the document is closed or lost. */
  currentText(uri: string): BlockText | undefined;
}

interface Change {
  readonly text: string;
  readonly range?: LspRange;
}

interface Deps {
  readonly log: Log;
  /** Is told of every document and change, before the call that brings it returns. */
  readonly observer: DocumentObserver;
  readonly relativePath: (uri: string) => string | undefined;
  readonly filePath: (uri: string) => string | undefined;
  readonly otherNames: (uri: string) => readonly string[];
}

type Language = Pick<DocumentSnapshot, "languageId" | "editorLanguageId">;

export function createDocuments(deps: Deps): Documents {
  const { log, observer } = deps;
  const open = new Map<string, DocumentSnapshot>();
  const lost = new Map<string, { readonly reason: string; readonly language: Language }>();
  /** How many times a document was opened and not closed. */
  const opensLeft = new Map<string, number>();

  let revisions = 0;

  const lose = (uri: string, reason: string): void => {
    const isNews = lost.get(uri)?.reason !== reason;
    lost.set(uri, { reason, language: languageOf(uri) });
    if (open.delete(uri)) observer.closed(uri);
    if (isNews) log.warn("the text of a document is not known any more", { uri, reason });
  };
  const begin = (uri: string, language: Language, version: number, text: string): void => {
    revisions += 1;
    const otherNames = deps.otherNames(uri);
    open.set(uri, { uri, ...language, otherNames, version, revision: revisions, text: BlockText.of(text) });
    lost.delete(uri);
    observer.opened({
      id: uri,
      ...language,
      otherNames: otherNames.length === 0 ? undefined : otherNames,
      path: deps.relativePath(uri),
      file: deps.filePath(uri),
      text: () => open.get(uri)?.text ?? plainText(""),
    });
  };
  const languageOf = (uri: string): Language => {
    const { languageId, editorLanguageId } = open.get(uri) ?? lost.get(uri)?.language ?? languageFrom(undefined, uri);
    return { languageId, editorLanguageId };
  };
  const apply = (uri: string, change: Change): void => {
    const document = open.get(uri);
    if (document) {
      const edit = editOf(document.text, change);
      if (!edit) return;
      const { text, lines } = applyEdit(document.text, edit);
      revisions += 1;
      open.set(uri, { ...document, text, revision: revisions });
      observer.changed(uri, lines);
    } else if (!change.range) begin(uri, languageOf(uri), 0, change.text);
    else if (!lost.has(uri)) lose(uri, "It was changed before it was opened.");
  };

  return {
    open(params) {
      const document = readObject(params["textDocument"], "textDocument");
      const uri = canonicalUri(readString(document["uri"], "textDocument.uri"));
      const text = readString(document["text"], "textDocument.text");
      const opens = opensLeft.get(uri) ?? 0;
      // One that was lost is healed, not shared.
      opensLeft.set(uri, open.has(uri) ? opens + 1 : Math.max(opens, 1));
      begin(uri, languageFrom(document["languageId"], uri), versionOf(document["version"]) ?? 0, text);
    },
    change(params) {
      const { uri: uriField, version } = readObject(params["textDocument"], "textDocument");
      const uri = canonicalUri(readString(uriField, "textDocument.uri"));
      const changes = readChanges(params["contentChanges"]);
      if (typeof changes === "string") return lose(uri, changes);
      for (const change of changes) apply(uri, change);
      const document = open.get(uri);
      if (document) open.set(uri, { ...document, version: versionOf(version) ?? document.version });
    },
    close(name) {
      const uri = canonicalUri(name);
      const left = (opensLeft.get(uri) ?? 1) - 1;
      if (left > 0) {
        opensLeft.set(uri, left);
        return false;
      }
      opensLeft.delete(uri);
      if (open.delete(uri)) observer.closed(uri);
      lost.delete(uri);
      return true;
    },
    get(name, version) {
      const uri = canonicalUri(name);
      const document = open.get(uri);
      if (!document) throw missing(uri, lost.get(uri)?.reason);
      if (version !== undefined && version !== document.version) {
        throw new CopilotError("content-modified", `The document is at version ${document.version}, not ${version}.`);
      }
      return document;
    },
    currentText: (uri) => open.get(canonicalUri(uri))?.text,
  };
}

function missing(uri: string, reason: string | undefined): CopilotError {
  const message = `Document for URI could not be found: ${uri}`;
  return new CopilotError("unknown-document", reason ? `${message} (${reason})` : message, {
    advice: "Open it with textDocument/didOpen first.",
  });
}

/** The changes, or a sentence on why they cannot be applied. */
function readChanges(value: unknown): readonly Change[] | string {
  if (!Array.isArray(value)) return "contentChanges must be an array.";
  try {
    return value.map((entry: unknown, index): Change => {
      const name = `contentChanges[${index}]`;
      const change = readObject(entry, name);
      const text = readString(change["text"], `${name}.text`);
      const range = change["range"] ?? undefined;
      return range === undefined ? { text } : { text, range: readRange(range, `${name}.range`) };
    });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Undefined for a whole text that is the same: some clients send it before each request, changed or not. */
function editOf(before: BlockText, { text, range }: Change): Edit | undefined {
  if (!range) return before.editTo(text);
  const one = before.offsetAt(range.start);
  const other = before.offsetAt(range.end);
  return { start: Math.min(one, other), end: Math.max(one, other), text };
}

/** Of the URI, of any scheme, only the last name is looked at, so that it need not be decoded. */
function languageFrom(value: unknown, uri: string): Language {
  const name = typeof value === "string" ? value : "";
  const languageId = languageIdFor(name, uri.replace(/[?#].*/s, ""));
  const saysNothing = name === "" || standardLanguageId(name) === "plaintext";
  return { languageId, editorLanguageId: saysNothing || name === languageId ? undefined : name };
}

function versionOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}
