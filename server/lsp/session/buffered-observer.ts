// Buffers document events until the core is open, then passes them on as they came, and every later event. A document then
// has at each event the text that it had: what was changed while the core was loading is part of the history too.

import type { ChangedLines, DocumentObserver, DocumentText, OpenDocument } from "../../../shared/documents.ts";

export interface BufferedObserver extends DocumentObserver {
  /** The core is open: tells it what is open and what has changed since, and from now on everything. */
  follow(observer: DocumentObserver): void;
}

interface Waiting {
  readonly document: OpenDocument;
  text: DocumentText;
  changes: { readonly lines: ChangedLines; readonly text: DocumentText }[];
}

/** Of one document. The core opens within a second; with more, the document is taken as it is. */
const maxChanges = 200;

export function createBufferedObserver(): BufferedObserver {
  const waiting = new Map<string, Waiting>();
  let observer: DocumentObserver | undefined;
  let focus: string | undefined;

  return {
    follow(next) {
      observer = next;
      for (const { document, text, changes } of waiting.values()) {
        let then: DocumentText | undefined = text;
        next.opened({ ...document, text: () => then ?? document.text() });
        for (const change of changes) {
          then = change.text;
          next.changed(document.id, change.lines);
        }
        then = undefined;
      }
      waiting.clear();
      if (focus !== undefined) next.focused(focus);
    },
    opened(document) {
      if (observer) observer.opened(document);
      else waiting.set(document.id, { document, text: document.text(), changes: [] });
    },
    changed(id, lines) {
      if (observer) return observer.changed(id, lines);
      const held = waiting.get(id);
      if (!held) return;
      const text = held.document.text();
      if (held.changes.length < maxChanges) {
        held.changes.push({ lines, text });
        return;
      }
      held.text = text;
      held.changes = [];
    },
    closed(id) {
      if (observer) observer.closed(id);
      else waiting.delete(id);
    },
    focused(id) {
      focus = id;
      observer?.focused(id);
    },
  };
}
