// Pieces of other open documents that look like the text at the cursor. A document is read when it is first needed and
// after a change; its best piece is looked for again only when it or the words at the cursor have changed, so the cost of
// a key does not grow with what is open.

import type { DocumentRequest } from "../../../shared/completion.ts";
import type { OpenDocument } from "../../../shared/documents.ts";
import { type ContextBlock, type MaySend, snippetBlock } from "./blocks.ts";
import { createLineIndex, type LineIndex } from "./line-index.ts";
import { familyOf, type OpenDocuments } from "./open-documents.ts";
import { createReferenceReader, type Reference } from "./reference.ts";
import { bestStretches } from "./windows.ts";
import { createWordTable } from "./word-table.ts";

export interface Neighbours {
  /** Least alike first, so that the best stands next to the text. */
  blocks(request: DocumentRequest, maySend: MaySend): readonly ContextBlock[];
}

interface Deps {
  readonly documents: OpenDocuments;
  readonly wordsOf: (line: string) => readonly string[];
}

interface Limits {
  readonly files: number;
  readonly charsPerFile: number;
  readonly piecesPerFile: number;
  readonly pieces: number;
}

// C and C++ keep what belongs together in many files, some of them long.
const cppLimits: Limits = { files: 200, charsPerFile: 100_000, piecesPerFile: 4, pieces: 16 };
const usualLimits: Limits = { files: 20, charsPerFile: 10_000, piecesPerFile: 1, pieces: 4 };
const maxTotalChars = 200_000;
const windowLines = 60;
// Documents that cannot be sent or are too long are passed over, but not without end.
const maxLooks = 3;
// Documents that are known still, for when the person comes back to them.
const spareDocuments = 20;
const maxWords = 50_000;

interface Piece {
  readonly score: number;
  readonly block: ContextBlock;
}

interface Known {
  readonly document: OpenDocument;
  readonly index: LineIndex;
  chars: number;
  isRead: boolean;
  lines: ReturnType<LineIndex["read"]>;
  /** What `pieces` were compared with. */
  reference: Reference | undefined;
  pieces: readonly Piece[];
}

export function createNeighbours({ documents, wordsOf }: Deps): Neighbours {
  const known = new Map<string, Known>();
  const reader = createReferenceReader(wordsOf);
  let table = createWordTable();
  let marked: Reference | undefined;

  documents.follow({
    changed({ id }, lines) {
      const entry = known.get(id);
      if (!entry) return;
      entry.isRead = false;
      entry.index.note(lines);
    },
    closed: (id) => void known.delete(id),
  });

  function candidates(request: DocumentRequest, limits: Limits, maySend: MaySend): Known[] {
    const own = documents.get(request.documentId);
    const found: Known[] = [];
    let looks = 0;
    let total = 0;
    for (const document of documents.alike(request.languageId)) {
      if (found.length === limits.files || looks === limits.files * maxLooks) break;
      if (document.id === request.documentId || (own && document.file === own.file)) continue;
      looks += 1;
      if (!maySend(document, document.text)) continue;
      const entry = sized(document);
      if (entry.chars >= limits.charsPerFile || total + entry.chars > maxTotalChars) continue;
      total += entry.chars;
      found.push(entry);
    }
    forgetBeyond(looks + spareDocuments);
    return found;
  }

  function sized(document: OpenDocument): Known {
    let entry = known.get(document.id);
    if (entry) known.delete(document.id);
    else {
      const index = createLineIndex();
      entry = { document, index, chars: 0, isRead: false, lines: [], reference: undefined, pieces: [] };
    }
    if (!entry.isRead) entry.chars = document.text().length;
    known.set(document.id, entry);
    return entry;
  }

  function forgetBeyond(most: number): void {
    for (const id of known.keys()) {
      if (known.size <= most) return;
      known.delete(id);
    }
  }

  function piecesOf(entry: Known, reference: Reference, limits: Limits): readonly Piece[] {
    if (entry.isRead && entry.reference === reference) return entry.pieces;
    if (!entry.isRead) {
      entry.lines = entry.index.read(entry.document.text().slice(0), (line) => wordsOf(line).map(table.idOf));
      entry.isRead = true;
    }
    entry.reference = reference;
    const stretches = bestStretches(entry.lines, table, reference.words.size, windowLines, limits.piecesPerFile);
    entry.pieces = stretches.map(({ startLine, endLine, score }) => {
      const lines = entry.lines.slice(startLine, endLine).map(({ text }) => text);
      return { score, block: snippetBlock(entry.document.path ?? "", lines.join("\n")) };
    });
    return entry.pieces;
  }

  return {
    blocks(request, maySend) {
      const limits = familyOf(request.languageId) === "cpp" ? cppLimits : usualLimits;
      const entries = candidates(request, limits, maySend);
      if (entries.length === 0) return [];
      if (table.size() > maxWords) {
        table = createWordTable();
        marked = undefined;
        known.clear();
        return this.blocks(request, maySend);
      }
      const reference = reader.read(request.before);
      if (reference !== marked) {
        table.setReference(reference.words);
        marked = reference;
      }
      const pieces = entries.flatMap((entry) => piecesOf(entry, reference, limits));
      return pieces
        .sort((one, other) => other.score - one.score)
        .slice(0, limits.pieces)
        .map(({ block }) => block)
        .reverse();
    },
  };
}
