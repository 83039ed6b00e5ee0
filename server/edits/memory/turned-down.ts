// Edits that are not offered again, by what they would have changed, whatever lines they stood on and however these were
// indented.

import { LRUCache } from "lru-cache";

export interface TurnedDown {
  add(documentId: string, removed: readonly string[], added: readonly string[]): void;
  has(documentId: string, removed: readonly string[], added: readonly string[]): boolean;
  clear(): void;
}

const maxEdits = 100;

export function createTurnedDown(): TurnedDown {
  const edits = new LRUCache<string, true>({ max: maxEdits });
  return {
    add: (documentId, removed, added) => void edits.set(keyOf(documentId, removed, added), true),
    has: (documentId, removed, added) => edits.has(keyOf(documentId, removed, added)),
    clear: () => edits.clear(),
  };
}

function keyOf(documentId: string, removed: readonly string[], added: readonly string[]): string {
  const text = (lines: readonly string[]): string => lines.map((line) => line.trim()).join("\n");
  return JSON.stringify([documentId, text(removed), text(added)]);
}
