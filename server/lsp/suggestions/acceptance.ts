// What became of suggestions: shown, taken whole or in part, deleted again. Some clients say so; of the others it is read
// from how the text changes. The figures stay on this machine.

import type { Log } from "../../../shared/context.ts";
import type { DocumentText } from "../../../shared/documents.ts";
import type { SuggestionCounts } from "../../../shared/lsp.ts";
import { dropOldest } from "../drop-oldest.ts";

/** Who else wants to know. */
export interface AcceptanceSink {
  /** The item is on screen. */
  shown(itemId: string): void;
  /** The item was taken: whole, or the first `acceptedLength` UTF-16 units of its text. */
  accepted(itemId: string, acceptedLength?: number): void;
  /** The items were turned down, or taken and then deleted again. */
  rejected(itemIds: readonly string[]): void;
}

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

export function createAcceptance(deps: { readonly sink: AcceptanceSink; readonly log: Log }): Acceptance {
  const { sink, log } = deps;
  const open = new Map<string, readonly Watched[]>();
  const taken = new Map<string, Watched>();
  const wholly = new Set<string>();
  const partly = new Set<string>();
  const counts = { shown: 0, accepted: 0, acceptedInPart: 0, deletedAgain: 0 };

  const accept = (id: string, acceptedLength: number | undefined): void => {
    if (wholly.has(id)) return;
    if (acceptedLength === undefined) {
      remember(wholly, id);
      // One suggestion counts once, as what it was taken as in the end.
      if (partly.delete(id)) counts.acceptedInPart -= 1;
      counts.accepted += 1;
    } else if (!partly.has(id)) {
      remember(partly, id);
      counts.acceptedInPart += 1;
    }
    sink.accepted(id, acceptedLength);
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
    sink.rejected([item.id]);
  };
  /** Of several that were offered, the others can no longer be taken: what stands in the text is this one's. */
  const settleOn = (id: string): void => {
    for (const [uri, items] of open) {
      const item = items.find((candidate) => candidate.id === id);
      // Still looked for: what is deleted again may come back.
      if (item) open.set(uri, [item]);
    }
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
    dropOldest(taken, maxDocuments);
  };

  return {
    noteOffer(uri, documentText, offered) {
      open.delete(uri);
      open.set(
        uri,
        offered.map((item) => {
          const anchor = documentText.slice(Math.max(0, item.start - anchorUnits), item.start);
          const watched: Watched = { ...item, anchor, matchedUnits: 0 };
          watched.matchedUnits = matchIn(documentText, watched) ?? 0;
          return watched;
        }),
      );
      dropOldest(open, maxDocuments);
    },
    noteChange(uri, documentText, largestInsertUnits) {
      if (documentText === undefined) return;
      lookForDeletion(uri, documentText);
      lookForAcceptance(uri, documentText, largestInsertUnits);
    },
    noteShown(itemId) {
      counts.shown += 1;
      sink.shown(itemId);
    },
    noteAccepted(itemId, acceptedLength) {
      accept(itemId, acceptedLength);
      settleOn(itemId);
    },
    noteRejected: (itemIds) => sink.rejected(itemIds),
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
  const there = documentText.slice(start, start + text.length);
  let units = 0;
  while (units < there.length && there.charCodeAt(units) === text.charCodeAt(units)) units += 1;
  return units;
}

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  dropOldest(ids, maxRemembered);
}
