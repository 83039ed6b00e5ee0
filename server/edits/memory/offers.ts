// Which hunks were offered under which name, and which of them the person does not want.

import { LRUCache } from "lru-cache";
import type { Answer, KeptHunk } from "./answer.ts";
import { createTurnedDown } from "./turned-down.ts";

interface Offer {
  readonly id: string;
  readonly documentId: string;
  readonly answer: Answer;
  readonly kept: KeptHunk;
}

export interface Offers {
  /** The name of a hunk: the same one each time it is offered. */
  idOf(kept: KeptHunk, newId: () => string, documentId: string, answer: Answer): string;
  find(id: string): Offer | undefined;
  /** Whether it is one of ours. */
  turnDown(id: string): boolean;
  /** Whether the same change was turned down before, in this answer or another. */
  isTurnedDown(documentId: string, answer: Answer, kept: KeptHunk): boolean;
  clear(): void;
}

const maxOffers = 200;

export function createOffers(): Offers {
  const byId = new LRUCache<string, Offer>({ max: maxOffers });
  const ids = new WeakMap<KeptHunk, string>();
  const turnedDown = createTurnedDown();
  const removedBy = ({ base }: Answer, { hunk }: KeptHunk): readonly string[] => base.lines(hunk.start, hunk.end);

  return {
    idOf(kept, newId, documentId, answer) {
      const id = ids.get(kept) ?? newId();
      ids.set(kept, id);
      byId.set(id, { id, documentId, answer, kept });
      return id;
    },
    find: (id) => byId.get(id),
    turnDown(id) {
      const offer = byId.get(id);
      if (!offer) return false;
      const { documentId, answer, kept } = offer;
      kept.state = "rejected";
      turnedDown.add(documentId, removedBy(answer, kept), kept.hunk.lines);
      return true;
    },
    isTurnedDown: (documentId, answer, kept) => turnedDown.has(documentId, removedBy(answer, kept), kept.hunk.lines),
    clear() {
      byId.clear();
      turnedDown.clear();
    },
  };
}
