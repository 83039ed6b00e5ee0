// Edits that are not offered again, or not for a while, by what they would have changed, whatever lines they stood on and
// however these were indented.

import { LRUCache } from "lru-cache";

export interface TurnedDown {
  /** `untilMs`: when it, or another edit of these lines, may be offered again; absent: it never. A second time is for good. */
  add(documentId: string, removed: readonly string[], added: readonly string[], untilMs?: number): void;
  has(documentId: string, removed: readonly string[], added: readonly string[], nowMs: number): boolean;
  clear(): void;
}

const maxEdits = 100;
/** Stands for whatever the lines become. */
const anyLines = ["\0"];

export function createTurnedDown(): TurnedDown {
  /** Until when. */
  const edits = new LRUCache<string, number>({ max: maxEdits });
  return {
    add(documentId, removed, added, untilMs = Number.POSITIVE_INFINITY) {
      const key = keyOf(documentId, removed, added);
      edits.set(key, edits.has(key) ? Number.POSITIVE_INFINITY : untilMs);
      if (removed.length > 0 && Number.isFinite(untilMs)) edits.set(keyOf(documentId, removed, anyLines), untilMs);
    },
    has: (documentId, removed, added, nowMs) =>
      [added, anyLines].some((lines) => (edits.get(keyOf(documentId, removed, lines)) ?? 0) > nowMs),
    clear: () => edits.clear(),
  };
}

function keyOf(documentId: string, removed: readonly string[], added: readonly string[]): string {
  const text = (lines: readonly string[]): string => lines.map((line) => line.trim()).join("\n");
  return JSON.stringify([documentId, text(removed), text(added)]);
}
