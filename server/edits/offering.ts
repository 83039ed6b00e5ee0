// What of an answer is offered, and what became of it: it was taken, turned down, or looked at and passed over.

import { LRUCache } from "lru-cache";
import type { ChangedLines, OpenDocument } from "../../shared/documents.ts";
import type { EditResult, EditSource, OpenDocumentEditRequest } from "../../shared/edits.ts";
import type { Clock } from "../../shared/context.ts";
import type { Answer, KeptHunk, OpenHunk } from "./memory/answer.ts";
import { createOffers } from "./memory/offers.ts";
import type { Pace } from "./pace.ts";
import { suggestionOf } from "./suggestion.ts";
import type { LineRange } from "./window.ts";

export interface Offering {
  /** The first at the cursor or below it, before those above; undefined where nothing can be offered. */
  first(document: OpenDocument, answer: Answer, line: number): OpenHunk | undefined;
  /** The nearest. */
  nearest(document: OpenDocument, answer: Answer, line: number): OpenHunk | undefined;
  result(
    document: OpenDocument,
    request: OpenDocumentEditRequest,
    answer: Answer,
    hunk: OpenHunk,
    source: EditSource,
  ): EditResult;
  /** What of an answer stands in the text, whatever the client says or does not say of it. */
  noteTaken(document: OpenDocument, answer: Answer): void;
  /** Before any answer is told of a change. */
  changed(documentId: string, lines: ChangedLines): void;
  closed(documentId: string): void;
  rejected(id: string): void;
  clear(): void;
}

const maxDocuments = 20;
/** Whoever has had an edit on screen for so long and then types elsewhere has passed it over. */
const seenMs = 1_000;
/** It is offered once more after this. */
const heldBackMs = 30_000;

/** An edit that a client shows. */
interface Shown {
  readonly answer: Answer;
  readonly kept: KeptHunk;
  readonly sinceMs: number;
}

export function createOffering(deps: {
  readonly clock: Clock;
  readonly pace: Pace;
  readonly newId: () => string;
}): Offering {
  const { clock, pace, newId } = deps;
  const offers = createOffers();
  /** For clients that do not tell what the person dismisses. */
  const onScreen = new LRUCache<string, Shown>({ max: maxDocuments });

  function noteTaken(document: OpenDocument, answer: Answer): void {
    for (const kept of answer.taken(document.text())) {
      pace.decided(true);
      offers.taken(document.id, answer, kept);
    }
  }

  function open(document: OpenDocument, answer: Answer): readonly OpenHunk[] {
    noteTaken(document, answer);
    const nowMs = clock.monotonicMs();
    const all = answer.open(document.text());
    return all.filter(({ kept, hunk }) => !offers.isTurnedDown(document.id, answer, kept, hunk.start, nowMs));
  }

  return {
    noteTaken,
    first(document, answer, line) {
      const all = open(document, answer);
      return all.find(({ hunk }) => hunk.end > line) ?? all[0];
    },
    nearest(document, answer, line) {
      const all = open(document, answer);
      return all.toSorted((one, other) => distance(one.hunk, line) - distance(other.hunk, line))[0];
    },
    result(document, request, answer, { kept, hunk }, source) {
      if (request.dismissesSilently && onScreen.get(document.id)?.kept !== kept) {
        onScreen.set(document.id, { answer, kept, sinceMs: clock.monotonicMs() });
      }
      const id = offers.idOf(kept, newId, document.id, answer);
      return { kind: "edit", edit: suggestionOf(id, hunk, document.text()), others: [], model: answer.model, source };
    },
    changed(documentId, lines) {
      const shown = onScreen.get(documentId);
      onScreen.delete(documentId);
      if (!shown || shown.answer.isTouched(shown.kept, lines)) return;
      const nowMs = clock.monotonicMs();
      if (nowMs - shown.sinceMs < seenMs) return;
      offers.passedOver(documentId, shown.answer, shown.kept, nowMs + heldBackMs);
    },
    closed: (documentId) => void onScreen.delete(documentId),
    rejected(id) {
      if (offers.turnDown(id)) pace.decided(false);
    },
    clear() {
      onScreen.clear();
      offers.clear();
    },
  };
}

function distance({ start, end }: LineRange, line: number): number {
  return line < start ? start - line : Math.max(0, line - end + 1);
}
