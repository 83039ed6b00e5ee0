// What goes into a prompt besides the document's own text, from what the person has open: gathered at the moment of
// asking, from parts that have kept themselves ready. Decides here, and only here, what may leave the machine.

import type { CompletionRequest, ContextFile, DocumentRequest } from "../../../shared/completion.ts";
import type { Clock } from "../../../shared/context.ts";
import { type DocumentText, type OpenDocument, plainText } from "../../../shared/documents.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import type { FileRules, NamedFile } from "../../exclusion/types.ts";
import { isLanguageOn } from "../skip-reason.ts";
import type { JudgedText } from "../query.ts";
import type { CompletionSettings } from "../settings.ts";
import { type ContextBlock, type MaySend, snippetBlock } from "./blocks.ts";
import { documentMarker } from "./document-marker.ts";
import { createNeighbours } from "./neighbours.ts";
import { createOpenDocuments, type OpenDocuments } from "./open-documents.ts";
import { createRecentEdits } from "./recent-edits.ts";
import { createRepositories } from "./repositories.ts";
import { wordsOf } from "./identifiers.ts";

export interface GatheredContext {
  /** In the order of the prompt: what changes least comes first. */
  readonly blocks: readonly ContextBlock[];
  /** `owner/name`. */
  readonly repository: string | undefined;
}

export interface Context {
  readonly documents: OpenDocuments;
  gather(request: CompletionRequest): GatheredContext;
  /** Another one when what `gather` takes from other documents may be different. */
  revisionFor(request: CompletionRequest): string;
  /** The request with the text after the cursor as it is now, if all before the cursor is as it was. */
  current(request: DocumentRequest): DocumentRequest;
  /** What a request is about, for the rules: an open document as it is now. */
  subjectOf(request: CompletionRequest): JudgedText;
  /** Waits until all that is to be known of a document is known. Never rejects. */
  settled(request: CompletionRequest): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  /** Addresses of a file's git remotes, the most telling first. Never rejects. */
  readonly findRemotes: (file: string) => Promise<readonly string[]>;
  readonly rules: FileRules;
}

// More than the rules that fit an answer look at.
const minAfterChars = 16_000;
// Each costs a look at its text, and more than these have no room in a prompt.
const maxFiles = 64;

export function createContext({ clock, findRemotes, rules }: Deps, settings: () => CompletionSettings): Context {
  const documents = createOpenDocuments();
  const neighbours = createNeighbours({ documents, wordsOf });
  const recentEdits = createRecentEdits({ clock, documents });
  // What is open is looked up at once, so that it is known when another document is asked about.
  documents.follow({ opened: (document) => void rules.settle(document) });
  const repositories = createRepositories({ documents, findRemotes, serverHost: () => settings().serverHost });

  /** Whether a document may be told of in the prompt of another. `text`: what would be told. */
  function mayBeToldOf(document: OpenDocument, text: () => DocumentText, now: CompletionSettings): boolean {
    const { path, file } = document;
    if (path === undefined || file === undefined || !isLanguageOn(now, document)) return false;
    return rules.verdict(document, text) === undefined;
  }

  /** What a program shows goes in as what an editor has open does, and under the same rules. */
  function filesToldOf(files: readonly ContextFile[], now: CompletionSettings): readonly ContextBlock[] {
    return files.slice(-maxFiles).flatMap(({ path, text }) => {
      const languageId = path === undefined ? "plaintext" : languageIdOfPath(path);
      const isOff = languageId !== "plaintext" && !isLanguageOn(now, { languageId });
      return isOff || rules.verdict(contextFile(path), () => plainText(text)) ? [] : [snippetBlock(path, text)];
    });
  }

  return {
    documents,
    gather(request) {
      const marker = documentMarker(request);
      const blocks = marker ? [marker] : [];
      const now = settings();
      if (request.kind === "prompt") {
        if (request.files) blocks.push(...filesToldOf(request.files, now));
        return { blocks, repository: undefined };
      }
      const maySend: MaySend = (document, text) => mayBeToldOf(document, text, now);
      const about = { ...request, documentId: openNameOf(request) };
      // Who asks about a document looks at it.
      documents.focused(about.documentId);
      if (now.neighbours) blocks.push(...neighbours.blocks(about, maySend));
      if (now.recentEdits) blocks.push(...recentEdits.blocks(about, maySend));
      return { blocks, repository: repositories.of(about.documentId) };
    },
    revisionFor: (request) =>
      request.kind === "prompt" ? "" : String(documents.revisionOfOthers(openNameOf(request))),
    current(request) {
      const text = documents.get(openNameOf(request))?.text();
      const { before, beforeOffset, after } = request;
      const offset = beforeOffset + before.length;
      if (text?.slice(beforeOffset, offset) !== before) return request;
      return { ...request, after: text.slice(offset, offset + Math.max(after.length, minAfterChars)) };
    },
    subjectOf(request) {
      const open = request.kind === "document" ? documents.get(openNameOf(request)) : undefined;
      if (open) return { file: open, text: open.text() };
      const { before, after } = request;
      const file = request.kind === "document" ? namesOf(request) : contextFile(request.path);
      return { file, text: plainText(before + after) };
    },
    async settled(request) {
      if (request.kind === "document") await repositories.settled(openNameOf(request));
    },
  };
}

/** A file that a program shows, for the rules. */
export function contextFile(path: string | undefined): NamedFile {
  return { path, file: undefined };
}

function namesOf({ path, file, otherNames }: DocumentRequest): NamedFile {
  return { path, file, otherNames };
}

function openNameOf({ documentId, openDocumentId }: DocumentRequest): string {
  return openDocumentId ?? documentId;
}
