// What GitHub's language server is told of documents: the text of each request, as it was checked and cleaned for sending,
// and only then. Nothing is told at a key, and nothing of a document that is kept back. A change goes out as the one range
// in which the new text differs from the one before, from which the server reads what was edited.
// Of several windows that share the server, one at a time has its documents open there.

import { commonPrefixLength, commonSuffixLength, isHighSurrogate, isLowSurrogate } from "../../runtime/text-units.ts";

export interface OfficialText {
  readonly uri: string;
  readonly languageId: string;
  /** With `\n`. */
  readonly text: string;
}

export interface OfficialDocuments {
  /** Tells the text where it is another one than before, and answers the version that it has. */
  tell(document: OfficialText): number;
  /** Closes one. */
  forget(uri: string): void;
  /** Closes all, which the next `tell` opens again. */
  hide(): void;
}

type Notify = (method: string, params: object) => void;

interface Told {
  readonly languageId: string;
  readonly text: string;
  readonly version: number;
}

// Each may lend pieces to the prompts of the others; those that were not asked about for long go first.
const maxOpen = 20;

export function createOfficialDocuments(notify: Notify): OfficialDocuments {
  // In the order of use.
  const open = new Map<string, Told>();
  let version = 0;
  let isHidden = false;
  const close = (uri: string): void => notify("textDocument/didClose", { textDocument: { uri } });
  const forget = (uri: string): void => {
    if (open.delete(uri) && !isHidden) close(uri);
  };
  const show = (): void => {
    if (!isHidden) return;
    isHidden = false;
    for (const [uri, told] of open) notify("textDocument/didOpen", { textDocument: { uri, ...told } });
  };
  return {
    tell({ uri, languageId, text }) {
      show();
      const before = open.get(uri);
      if (before?.languageId === languageId && before.text === text) {
        open.delete(uri);
        open.set(uri, before);
        return before.version;
      }
      if (before && before.languageId !== languageId) forget(uri);
      const known = open.get(uri);
      version += 1;
      open.delete(uri);
      open.set(uri, { languageId, text, version });
      if (known) {
        const contentChanges = [changeOf(known.text, text)];
        notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
      } else notify("textDocument/didOpen", { textDocument: { uri, languageId, version, text } });
      const [oldest] = open.keys();
      if (open.size > maxOpen && oldest !== undefined) forget(oldest);
      return version;
    },
    forget,
    hide() {
      if (isHidden) return;
      isHidden = true;
      for (const uri of open.keys()) close(uri);
    },
  };
}

interface Change {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly text: string;
}

export interface Position {
  readonly line: number;
  readonly character: number;
}

/** What makes `after` of `before`: one range. */
export function changeOf(before: string, after: string): Change {
  let start = commonPrefixLength(before, after);
  let end = commonSuffixLength(before.slice(start), after.slice(start));
  // Half a character is none.
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end -= 1;
  return {
    range: { start: positionAt(before, start), end: positionAt(before, before.length - end) },
    text: after.slice(start, after.length - end),
  };
}

/** In UTF-16 units; `text` has `\n` for line ends. */
export function positionAt(text: string, offset: number): Position {
  let line = 0;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  return { line, character: offset - lineStart };
}
