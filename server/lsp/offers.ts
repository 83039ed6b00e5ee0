// What was offered: which items a client may name as shown or accepted, and where each document was last answered, which
// tells a person who asks for another one from a person who asks. Bounded; forgets the oldest.

import type { LspPosition } from "../../shared/lsp.ts";

const maxItems = 200;
const maxPlaces = 100;

export interface Offers {
  /** Suggestions were sent for this place. */
  noteAnswer(uri: string, position: LspPosition, revision: number, itemIds: readonly string[]): void;
  /** Whether the last answer for the document was for exactly this place, and its text is still the same. */
  wasJustAnswered(uri: string, position: LspPosition, revision: number): boolean;
  /** Whether the item is one of ours. */
  knows(itemId: string): boolean;
  forgetDocument(uri: string): void;
}

export function createOffers(): Offers {
  const items = new Set<string>();
  const places = new Map<string, { readonly position: LspPosition; readonly revision: number }>();

  return {
    noteAnswer(uri, position, revision, itemIds) {
      places.delete(uri);
      places.set(uri, { position, revision });
      for (const id of itemIds) items.add(id);
      dropOldest(places, maxPlaces);
      dropOldest(items, maxItems);
    },
    wasJustAnswered(uri, position, revision) {
      const last = places.get(uri);
      return (
        last?.position.line === position.line &&
        last.position.character === position.character &&
        last.revision === revision
      );
    },
    knows: (itemId) => items.has(itemId),
    forgetDocument: (uri) => void places.delete(uri),
  };
}

function dropOldest(kept: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= max) return;
    kept.delete(key);
  }
}
