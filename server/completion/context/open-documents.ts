// Which documents are open, the one looked at last first, and the news of their changes for whoever keeps something
// about them. Holds no text. Nothing here costs more with more open documents, but for the moment when another one is
// looked at.

import { LRUCache } from "lru-cache";
import type { ChangedLines, DocumentObserver, OpenDocument } from "../../../shared/documents.ts";
import { languageOf } from "../../../shared/languages.ts";

export interface DocumentListener {
  opened?(document: OpenDocument): void;
  /** As in `DocumentObserver`. */
  changed?(document: OpenDocument, lines: ChangedLines): void;
  closed?(id: string): void;
}

export interface OpenDocuments extends DocumentObserver {
  get(id: string): OpenDocument | undefined;
  /** Open documents whose languages help each other, the one looked at last first. */
  alike(languageId: string): readonly OpenDocument[];
  /** Another number when a document other than `id` was opened, changed or closed. */
  revisionOfOthers(id: string | undefined): number;
  follow(listener: DocumentListener): void;
}

const maxCountedDocuments = 256;

/** The name that languages which read alike have in common. */
export function familyOf(languageId: string): string {
  return languageOf(languageId).family;
}

export function createOpenDocuments(): OpenDocuments {
  const open = new Map<string, OpenDocument>();
  const recent = new Map<string, OpenDocument[]>();
  const listeners: DocumentListener[] = [];
  let revision = 0;
  const ownRevisions = new LRUCache<string, number>({ max: maxCountedDocuments });
  const count = (id: string): void => {
    revision += 1;
    ownRevisions.set(id, (ownRevisions.get(id) ?? 0) + 1);
  };

  const forget = (id: string): void => {
    const document = open.get(id);
    if (!document) return;
    open.delete(id);
    count(id);
    const family = familyOf(document.languageId);
    const others = (recent.get(family) ?? []).filter((other) => other !== document);
    if (others.length > 0) recent.set(family, others);
    else recent.delete(family);
    for (const listener of listeners) listener.closed?.(id);
  };
  const bringForward = (document: OpenDocument): void => {
    const family = familyOf(document.languageId);
    const list = recent.get(family) ?? [];
    if (list[0] === document) return;
    recent.set(family, [document, ...list.filter((other) => other !== document)]);
  };

  return {
    opened(document) {
      forget(document.id);
      open.set(document.id, document);
      count(document.id);
      bringForward(document);
      for (const listener of listeners) listener.opened?.(document);
    },
    changed(id, lines) {
      const document = open.get(id);
      if (!document) return;
      count(id);
      bringForward(document);
      for (const listener of listeners) listener.changed?.(document, lines);
    },
    closed: forget,
    focused(id) {
      const document = id === undefined ? undefined : open.get(id);
      if (document) bringForward(document);
    },
    get: (id) => open.get(id),
    revisionOfOthers: (id) => revision - ((id === undefined ? undefined : ownRevisions.get(id)) ?? 0),
    alike: (languageId) => recent.get(familyOf(languageId)) ?? [],
    follow: (listener) => void listeners.push(listener),
  };
}
