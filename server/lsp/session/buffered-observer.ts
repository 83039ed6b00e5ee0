// Buffers document events until the core is open, then passes on what is open and every later event.

import type { DocumentObserver, OpenDocument } from "../../../shared/documents.ts";

export interface BufferedObserver extends DocumentObserver {
  /** The core is open: tells it what is open, and from now on everything. */
  follow(observer: DocumentObserver): void;
}

export function createBufferedObserver(): BufferedObserver {
  const waiting = new Map<string, OpenDocument>();
  let observer: DocumentObserver | undefined;
  let focus: string | undefined;

  return {
    follow(next) {
      observer = next;
      for (const document of waiting.values()) next.opened(document);
      waiting.clear();
      if (focus !== undefined) next.focused(focus);
    },
    opened(document) {
      if (observer) observer.opened(document);
      else waiting.set(document.id, document);
    },
    changed: (id, lines) => observer?.changed(id, lines),
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
