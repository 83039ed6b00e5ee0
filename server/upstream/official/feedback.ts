// Tells GitHub's language server what became of its suggestions, as an editor that uses it directly does. Whether that goes
// to GitHub is the telemetry setting's to say; what it asks for ahead, once it hears of them, is the speculation setting's.

import type { SuggestionEvent } from "../../completion/service.ts";

/** A suggestion as the server gave it. */
export interface OfferedItem {
  /** From the cursor on. */
  readonly text: string;
  /** Units that its own text begins with before that. */
  readonly repeatedUnits: number;
  /** Undefined where it gave none. */
  readonly id: string | undefined;
}

/** As the server is told. */
export interface ItemEvent {
  readonly kind: SuggestionEvent["kind"];
  readonly id: string;
  /** Units of its own text that were accepted; undefined: all of it. */
  readonly acceptedLength: number | undefined;
}

export interface Feedback {
  offered(documentId: string, items: readonly OfferedItem[]): void;
  hear(event: SuggestionEvent): void;
}

interface Known extends OfferedItem {
  readonly documentId: string;
  /** What is told once. */
  readonly told: Set<SuggestionEvent["kind"]>;
}

// As many as it keeps itself.
const maxKnown = 100;

/** `tell`: called once for each item that was shown, and once for each that was accepted whole. */
export function createFeedback(hasTelemetry: () => boolean, tell: (event: ItemEvent) => void): Feedback {
  // The newest first.
  let known: readonly Known[] = [];
  return {
    offered(documentId, items) {
      const added = items.map((item): Known => ({ ...item, documentId, told: new Set() }));
      known = [...added, ...known].slice(0, maxKnown);
    },
    hear({ kind, documentId, text, acceptedLength, mayPrefetch }) {
      if (!mayPrefetch && !hasTelemetry()) return;
      // What is on screen may be the first line of an answer, or the rest of one that was typed along.
      const item = known.find((one) => one.documentId === documentId && one.text.includes(text.trim()));
      if (item?.id === undefined || item.told.has(kind)) return;
      if (acceptedLength === undefined) item.told.add(kind);
      const before = item.repeatedUnits + item.text.indexOf(text.trim()) - (text.length - text.trimStart().length);
      tell({
        kind,
        id: item.id,
        acceptedLength: acceptedLength === undefined ? undefined : Math.max(1, before + acceptedLength),
      });
    },
  };
}
