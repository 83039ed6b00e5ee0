// What the person has changed of late, in any open document: it says what they are about. An edit is put into words when
// it has rested for a moment, and once only. Edits near the cursor are left out, for the text shows them.

import type { DocumentRequest } from "../../../shared/completion.ts";
import type { Clock } from "../../../shared/context.ts";
import type { DocumentText, OpenDocument } from "../../../shared/documents.ts";
import { type ContextBlock, type MaySend, oneLine } from "./blocks.ts";
import { type ChangedRegion, withChange } from "./changed-regions.ts";
import { type EditText, editText } from "./edit-text.ts";
import type { OpenDocuments } from "./open-documents.ts";

export interface RecentEdits {
  /** Oldest edit first. At most one block, for its parts say nothing without the others. */
  blocks(request: DocumentRequest, maySend: MaySend): readonly ContextBlock[];
}

interface Followed {
  readonly document: OpenDocument;
  /** The text that the regions are counted from. */
  before: DocumentText;
  regions: readonly ChangedRegion[];
  readonly texts: Map<number, EditText | undefined>;
}

const maxEdits = 8;
const maxFiles = 20;
const restMs = 500;
const nearLines = 100;
const maxDocumentChars = 2 * 1024 * 1024;
// With more, the document is taken as it is, and what comes after counts.
const maxRegions = 32;
const worth = 0.99;

export function createRecentEdits(deps: { readonly clock: Clock; readonly documents: OpenDocuments }): RecentEdits {
  const { clock, documents } = deps;
  const followed = new Map<string, Followed>();
  // By the last edit, oldest first.
  const edited = new Map<string, Followed>();
  let revision = 0;

  const begin = (entry: Followed): void => {
    entry.before = entry.document.text();
    entry.regions = [];
    entry.texts.clear();
    edited.delete(entry.document.id);
  };

  documents.follow({
    opened(document) {
      const before = document.text();
      if (before.length <= maxDocumentChars) {
        followed.set(document.id, { document, before, regions: [], texts: new Map() });
      }
    },
    changed({ id }, lines) {
      const entry = followed.get(id);
      if (!entry) return;
      entry.regions = withChange(entry.regions, lines, () => (revision += 1), clock.monotonicMs());
      edited.delete(id);
      edited.set(id, entry);
      if (entry.regions.length > maxRegions) begin(entry);
      const [oldest] = edited.values();
      if (edited.size > maxFiles && oldest) begin(oldest);
    },
    closed(id) {
      followed.delete(id);
      edited.delete(id);
    },
  });

  function textOf(entry: Followed, region: ChangedRegion): EditText | undefined {
    if (!entry.texts.has(region.revision)) {
      for (const known of entry.texts.keys()) {
        if (!entry.regions.some((other) => other.revision === known)) entry.texts.delete(known);
      }
      entry.texts.set(region.revision, editText(entry.before, entry.document.text(), region));
    }
    return entry.texts.get(region.revision);
  }

  function isNear(request: DocumentRequest, entry: Followed, region: ChangedRegion): boolean {
    if (entry.document.id !== request.documentId) return false;
    const { line } = request;
    return line === undefined || (line > region.newStart - nearLines && line < region.newEnd + nearLines);
  }

  return {
    blocks(request, maySend) {
      const nowMs = clock.monotonicMs();
      const rested = [...edited.values()]
        // An edit tells of the text before it as well.
        .filter(({ document, before }) => maySend(document, document.text) && maySend(document, () => before))
        .flatMap((entry) => entry.regions.map((region) => ({ entry, region })))
        .filter(({ entry, region }) => nowMs - region.changedAtMs >= restMs && !isNear(request, entry, region))
        .sort((one, other) => other.region.changedAtMs - one.region.changedAtMs);
      const shown: string[][] = [];
      for (const { entry, region } of rested) {
        if (shown.length === maxEdits) break;
        const edit = textOf(entry, region);
        if (edit) shown.push([`File: ${oneLine(entry.document.path ?? "")}`, headOf(region, edit), ...edit.body]);
      }
      if (shown.length === 0) return [];
      const text = [
        "These are recently edited files. Do not suggest code that has been deleted.",
        ...shown.reverse().flat(),
        "End of recent edits",
      ].join("\n");
      return [{ text, form: "words", worth }];
    },
  };
}

// Lines above may have come and gone since the edit was put into words.
function headOf(region: ChangedRegion, { same, above, below, added, removed }: EditText): string {
  const old = Math.max(0, region.oldStart + same - above);
  const first = Math.max(0, region.newStart + same - above);
  return `@@ -${old + 1},${above + removed + below} +${first + 1},${above + added + below} @@`;
}
