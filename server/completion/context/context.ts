// What goes into a prompt besides the document's own text, from what the person has open: gathered at the moment of
// asking, from parts that have kept themselves ready. Decides here, and only here, what may leave the machine.

import type { CompletionRequest, ContextFile, DocumentRequest } from "../../../shared/completion.ts";
import type { Clock } from "../../../shared/context.ts";
import type { OpenDocument } from "../../../shared/documents.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import { isExcluded, isLanguageOn } from "../skip-reason.ts";
import type { CompletionSettings } from "../settings.ts";
import { type ContextBlock, snippetBlock } from "./blocks.ts";
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
  /** Waits until all that is to be known of a document is known. Never rejects. */
  settled(request: CompletionRequest): Promise<void>;
}

interface Deps {
  readonly clock: Clock;
  /** Addresses of a file's git remotes, the most telling first. Never rejects. */
  readonly findRemotes: (file: string) => Promise<readonly string[]>;
}

// More than the rules that fit an answer look at.
const minAfterChars = 16_000;
// Each costs a look at its text, and more than these have no room in a prompt.
const maxFiles = 64;

export function createContext({ clock, findRemotes }: Deps, settings: () => CompletionSettings): Context {
  const documents = createOpenDocuments();
  const neighbours = createNeighbours({ documents, wordsOf });
  const recentEdits = createRecentEdits({ clock, documents });
  const repositories = createRepositories({ documents, findRemotes, serverHost: () => settings().serverHost });

  // Globs are matched once for a document, not at each request.
  const rulings = new WeakMap<
    OpenDocument,
    { readonly rule: CompletionSettings["isExcluded"]; readonly isKept: boolean }
  >();

  /** Whether a document may be told of in the prompt of another. */
  function mayBeToldOf(document: OpenDocument, now: CompletionSettings): boolean {
    const { path, file } = document;
    if (path === undefined || file === undefined || !isLanguageOn(now, document)) return false;
    const rule = now.isExcluded;
    let ruling = rulings.get(document);
    if (ruling?.rule !== rule) {
      ruling = { rule, isKept: isExcluded(now, document) };
      rulings.set(document, ruling);
    }
    return !ruling.isKept;
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
      const maySend = (document: OpenDocument): boolean => mayBeToldOf(document, now);
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
    async settled(request) {
      if (request.kind === "document") await repositories.settled(openNameOf(request));
    },
  };
}

/** What a program shows goes in as what an editor has open does, and under the same rules. */
function filesToldOf(files: readonly ContextFile[], now: CompletionSettings): readonly ContextBlock[] {
  return files.slice(-maxFiles).flatMap(({ path, text }) => {
    if (path === undefined) return [snippetBlock(undefined, text)];
    const languageId = languageIdOfPath(path);
    const isOff = languageId !== "plaintext" && !isLanguageOn(now, { languageId });
    return isOff || now.isExcluded(path) ? [] : [snippetBlock(path, text)];
  });
}

function openNameOf({ documentId, openDocumentId }: DocumentRequest): string {
  return openDocumentId ?? documentId;
}
