// Keeps the text after the cursor as it was sent last for a document while the new one is nearly the same: the service
// has worked out the old one already, and answers sooner. Bounded; the document used longest ago is forgotten.

import { LRUCache } from "lru-cache";
import { detached } from "../../runtime/detached-string.ts";

import { editDistance } from "../../runtime/edit-distance.ts";

export interface SuffixMemory {
  /** The suffix to send: `suffix`, or the one sent before where the two begin nearly alike. */
  steady(documentId: string, suffix: string): string;
  /** As `steady`, and remembers nothing. */
  peek(documentId: string, suffix: string): string;
}

const maxDocuments = 20;
// More is never sent.
const maxChars = 40_000;
// Only the first words are compared, and a tenth of them may differ.
const comparedWords = 50;
const maxDifference = 0.1;

export function createSuffixMemory(): SuffixMemory {
  const sent = new LRUCache<string, string>({ max: maxDocuments });

  const peek = (documentId: string, suffix: string): string => {
    const before = sent.peek(documentId);
    return before !== undefined && areNearlyAlike(before, suffix) ? before : suffix;
  };

  return {
    peek,
    steady(documentId, suffix) {
      const before = sent.get(documentId);
      const steady = peek(documentId, suffix.slice(0, maxChars));
      if (steady !== before) sent.set(documentId, detached(steady));
      return steady;
    },
  };
}

function areNearlyAlike(one: string, other: string): boolean {
  if (one === other) return true;
  if (one === "" || other === "") return false;
  const before = firstWords(one);
  const now = firstWords(other);
  return before[0] === now[0] && editDistance(before, now) < maxDifference * now.length;
}

function firstWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/ ?[\p{L}\p{N}_]+|\s+|[^\p{L}\p{N}_\s]/gu)) {
    words.push(word);
    if (words.length === comparedWords) break;
  }
  return words;
}
