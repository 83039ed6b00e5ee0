// What became of suggestions: shown, accepted whole or in part, deleted again. Some clients say so; for the others it is
// inferred from how the text changes. The figures stay on this machine.

import { LRUCache } from "lru-cache";
import type { Log } from "../../../shared/context.ts";
import type { DocumentText } from "../../../shared/documents.ts";
import type { SuggestionCounts } from "../../../shared/lsp.ts";
import type { Core } from "../../core/types.ts";
import { commonPrefixLength } from "../../runtime/text-units.ts";

/** A suggestion, by what will stand in the text once it is taken. */
export interface OfferedText {
  readonly id: string;
  /** Offset in the document at which `text` begins. */
  readonly start: number;
  readonly text: string;
}

export interface Acceptance {
  /** These were offered for this state of a document; earlier offers for it can no longer be taken. */
  noteOffer(uri: string, documentText: DocumentText, offered: readonly OfferedText[]): void;
  /**
   * The text of a document has changed. `largestInsertUnits`: the longest text that came in by one edit; what was typed
   * key by key was not taken. Absent when only the whole text is known.
   */
  noteChange(uri: string, documentText: DocumentText | undefined, largestInsertUnits?: number): void;
  /** The client says so. */
  noteShown(itemId: string): void;
  noteAccepted(itemId: string, acceptedLength?: number): void;
  noteRejected(itemIds: readonly string[]): void;
  forgetDocument(uri: string): void;
  counts(): SuggestionCounts;
}

interface Watched extends OfferedText {
  /** What stands before it: while that is so, the offset is right. */
  readonly anchor: string;
  /** Units of the text that stand in the document already. */
  matchedUnits: number;
}

const anchorUnits = 64;
const maxDocuments = 100;
const maxRemembered = 200;
/** Two units may be a bracket and the one that the editor adds to it. */
const minPartUnits = 3;
const minWholeUnits = 2;

export function createAcceptance(deps: { readonly core: () => Core | undefined; readonly log: Log }): Acceptance {
  const { core, log } = deps;
  const open = new LRUCache<string, readonly Watched[]>({ max: maxDocuments });
  const taken = new LRUCache<string, Watched>({ max: maxDocuments });
  const wholly = new LRUCache<string, true>({ max: maxRemembered });
  const partly = new LRUCache<string, true>({ max: maxRemembered });
  const counts = { shown: 0, accepted: 0, acceptedInPart: 0, deletedAgain: 0 };

  const accept = (id: string, acceptedLength: number | undefined): void => {
    if (wholly.has(id)) return;
    if (acceptedLength === undefined) {
      wholly.set(id, true);
      // One suggestion counts once, as what it was taken as in the end.
      if (partly.delete(id)) counts.acceptedInPart -= 1;
      counts.accepted += 1;
    } else if (!partly.has(id)) {
      partly.set(id, true);
      counts.acceptedInPart += 1;
    }
    core()?.accepted(id, acceptedLength === undefined ? undefined : { acceptedLength });
  };
  const lookForDeletion = (uri: string, text: DocumentText): void => {
    const item = taken.get(uri);
    if (!item) return;
    const matched = matchIn(text, item);
    if (matched === undefined) taken.delete(uri);
    if (matched !== 0) return;
    taken.delete(uri);
    wholly.delete(item.id);
    partly.delete(item.id);
    counts.deletedAgain += 1;
    log.debug("a suggestion was deleted again", { item: item.id });
    core()?.rejected([item.id]);
  };
  /** Of several that were offered, the others can no longer be taken: what stands in the text is this one's. */
  const settleOn = (id: string): void => {
    const uri = Array.from(open.keys()).find((key) => open.peek(key)?.some((item) => item.id === id));
    if (uri === undefined) return;
    // Still looked for: what is deleted again may come back.
    open.set(uri, open.peek(uri)?.filter((item) => item.id === id) ?? []);
  };
  const lookForAcceptance = (uri: string, text: DocumentText, largestInsertUnits: number | undefined): void => {
    const taking: { item: Watched; matched: number; isWhole: boolean }[] = [];
    for (const item of open.get(uri) ?? []) {
      const matched = matchIn(text, item);
      if (matched === undefined) return void open.delete(uri);
      const gained = matched - item.matchedUnits;
      item.matchedUnits = matched;
      const atOnce = Math.min(gained, largestInsertUnits ?? gained);
      const isWhole = matched === item.text.length && atOnce >= Math.min(minWholeUnits, item.text.length);
      if (isWhole || (atOnce >= minPartUnits && largestInsertUnits !== undefined))
        taking.push({ item, matched, isWhole });
    }
    // Alternatives begin alike: the one that the text says most of is the one that was taken.
    const [best] = taking.sort((one, other) => other.matched - one.matched);
    if (!best) return;
    const { item, matched, isWhole } = best;
    log.debug("a suggestion stands in the text", { item: item.id, units: matched, isWhole });
    accept(item.id, isWhole ? undefined : matched);
    settleOn(item.id);
    taken.set(uri, item);
  };

  return {
    noteOffer(uri, documentText, offered) {
      open.set(
        uri,
        offered.map((item) => {
          const anchor = documentText.slice(Math.max(0, item.start - anchorUnits), item.start);
          const watched: Watched = { ...item, anchor, matchedUnits: 0 };
          watched.matchedUnits = matchIn(documentText, watched) ?? 0;
          return watched;
        }),
      );
    },
    noteChange(uri, documentText, largestInsertUnits) {
      if (documentText === undefined) return;
      lookForDeletion(uri, documentText);
      lookForAcceptance(uri, documentText, largestInsertUnits);
    },
    noteShown(itemId) {
      counts.shown += 1;
      core()?.shown(itemId);
    },
    noteAccepted(itemId, acceptedLength) {
      accept(itemId, acceptedLength);
      settleOn(itemId);
    },
    noteRejected: (itemIds) => core()?.rejected(itemIds),
    forgetDocument(uri) {
      open.delete(uri);
      taken.delete(uri);
    },
    counts: () => ({ ...counts }),
  };
}

/** How many units of the item stand in the text at its place; undefined when its place is not known any more. */
function matchIn(documentText: DocumentText, { start, anchor, text }: Watched): number | undefined {
  if (documentText.slice(start - anchor.length, start) !== anchor) return undefined;
  return commonPrefixLength(documentText.slice(start, start + text.length), text);
}
