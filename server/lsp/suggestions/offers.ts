// The items that a client may name as shown or accepted, and where each document was last answered: a request by hand at
// the same place wants others. Bounded; forgets the oldest.

import { LRUCache } from "lru-cache";
import type { LspPosition } from "../../../shared/lsp.ts";

const maxItems = 200;
const maxDocuments = 100;

/** What is to be known of an item when a client says how much of it was taken. */
export interface Offer {
  readonly id: string;
  /** UTF-16 units of the text as the client has it. */
  readonly units: number;
  /** How many of them only repeat what stands before the cursor already. */
  readonly repeatedUnits: number;
}

export interface Offers {
  /** Suggestions were sent for this place. */
  noteAnswer(uri: string, position: LspPosition, revision: number, items: readonly Offer[]): void;
  /** Items were sent that say nothing about where the person was last answered. */
  noteItems(items: readonly Offer[]): void;
  /** Whether the last answer for the document was for this position and this text. */
  wasJustAnswered(uri: string, position: LspPosition, revision: number): boolean;
  /** Whether suggestions were ever sent for a place: the client shows them at the cursor. */
  wasAnswered(): boolean;
  /** Undefined for an item that is not ours. */
  find(itemId: string): Offer | undefined;
  forgetDocument(uri: string): void;
}

export function createOffers(): Offers {
  const offers = new LRUCache<string, Offer>({ max: maxItems });
  const answered = new LRUCache<string, { readonly position: LspPosition; readonly revision: number }>({
    max: maxDocuments,
  });

  let isAnswered = false;
  const noteItems = (items: readonly Offer[]): void => {
    for (const item of items) offers.set(item.id, item);
  };

  return {
    noteAnswer(uri, position, revision, items) {
      isAnswered = true;
      answered.set(uri, { position, revision });
      noteItems(items);
    },
    noteItems,
    wasJustAnswered(uri, position, revision) {
      const last = answered.get(uri);
      return (
        last?.position.line === position.line &&
        last.position.character === position.character &&
        last.revision === revision
      );
    },
    wasAnswered: () => isAnswered,
    find: (itemId) => offers.get(itemId),
    forgetDocument: (uri) => void answered.delete(uri),
  };
}
