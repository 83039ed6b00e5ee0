// Which hunks were offered under which name, and which of them the person does not want.

import { LRUCache } from "lru-cache";
import type { Answer, KeptHunk } from "./answer.ts";
import { createTurnedDown } from "./turned-down.ts";

/** Holds no text: there are many more offers than answers. */
interface Offer {
  readonly documentId: string;
  readonly kept: KeptHunk;
  readonly removed: readonly string[];
}

export interface Offers {
  /** The name of a hunk: the same one each time it is offered. */
  idOf(kept: KeptHunk, newId: () => string, documentId: string, answer: Answer): string;
  /** Whether it is one of ours. */
  turnDown(id: string): boolean;
  /** The person went on with something else while it was on screen: not to be offered before then, the second time never. */
  passedOver(documentId: string, answer: Answer, kept: KeptHunk, untilMs: number): void;
  /** It stands in the text. */
  taken(documentId: string, answer: Answer, kept: KeptHunk): void;
  /** Whether the same change was turned down before, or was taken on this very line and taken back since. */
  isTurnedDown(documentId: string, answer: Answer, kept: KeptHunk, line: number, nowMs: number): boolean;
  clear(): void;
}

const maxOffers = 200;

export function createOffers(): Offers {
  const byId = new LRUCache<string, Offer>({ max: maxOffers });
  const ids = new WeakMap<KeptHunk, string>();
  const turnedDown = createTurnedDown();
  const taken = createTurnedDown();
  const onLine = (documentId: string, line: number): string => `${line} ${documentId}`;
  const removedBy = ({ base }: Answer, { hunk }: KeptHunk): readonly string[] => base.lines(hunk.start, hunk.end);

  return {
    idOf(kept, newId, documentId, answer) {
      const id = ids.get(kept) ?? newId();
      ids.set(kept, id);
      byId.set(id, { documentId, kept, removed: removedBy(answer, kept) });
      return id;
    },
    turnDown(id) {
      const offer = byId.get(id);
      if (!offer) return false;
      const { documentId, kept, removed } = offer;
      kept.state = "rejected";
      turnedDown.add(documentId, removed, kept.hunk.lines);
      return true;
    },
    passedOver(documentId, answer, kept, untilMs) {
      turnedDown.add(documentId, removedBy(answer, kept), kept.hunk.lines, untilMs);
    },
    taken(documentId, answer, kept) {
      if (kept.takenAtLine === undefined) return;
      taken.add(onLine(documentId, kept.takenAtLine), removedBy(answer, kept), kept.hunk.lines);
    },
    isTurnedDown(documentId, answer, kept, line, nowMs) {
      const removed = removedBy(answer, kept);
      const { lines } = kept.hunk;
      return (
        turnedDown.has(documentId, removed, lines, nowMs) || taken.has(onLine(documentId, line), removed, lines, nowMs)
      );
    },
    clear() {
      byId.clear();
      turnedDown.clear();
      taken.clear();
    },
  };
}
