// What clients say about suggestions: shown, accepted, accepted in part, rejected. Clients count the accepted text from the
// start of the item's range; the core counts from the cursor. Knows none of the methods that say so.

import type { Ctx } from "../../../shared/context.ts";
import { objectOf } from "../../runtime/json.ts";
import { badField, firstText, readObject } from "../params.ts";
import type { Acceptance } from "./acceptance.ts";
import type { Offers } from "./offers.ts";

/** Each answers whether the item is one of ours; an item that is not is ignored. */
export interface SuggestionFeedback {
  shown(ctx: Ctx, itemId: string): boolean;
  /** `acceptedLength` in UTF-16 units of the item's text as it was sent; absent, or as long as that: all of it. */
  accepted(ctx: Ctx, itemId: string, acceptedLength: number | undefined): boolean;
  rejected(ctx: Ctx, itemIds: readonly string[]): boolean;
}

export function createSuggestionFeedback(offers: Offers, acceptance: Acceptance): SuggestionFeedback {
  return {
    shown(ctx, itemId) {
      const known = offers.find(itemId) !== undefined;
      ctx.log.debug("a suggestion was shown", { item: itemId, known });
      if (known) acceptance.noteShown(itemId);
      return known;
    },
    accepted(ctx, itemId, acceptedLength) {
      const offer = offers.find(itemId);
      ctx.log.debug("a suggestion was accepted", { item: itemId, units: acceptedLength, known: offer !== undefined });
      if (!offer) return false;
      const isWhole = acceptedLength === undefined || acceptedLength >= offer.units;
      acceptance.noteAccepted(itemId, isWhole ? undefined : Math.max(0, acceptedLength - offer.repeatedUnits));
      return true;
    },
    rejected(ctx, itemIds) {
      const known = itemIds.filter((id) => offers.find(id) !== undefined);
      ctx.log.debug("suggestions were rejected", { items: itemIds.length, known: known.length });
      if (known.length > 0) acceptance.noteRejected(known);
      return known.length > 0;
    },
  };
}

/**
 * The id in `params.item`. Some clients send the whole item back, some only its command; the command's argument is in
 * both. Throws `bad-request` when there is none.
 */
export function readItemId(params: unknown): string {
  const item = readObject(readObject(params, "params")["item"], "item");
  const id = firstText(objectOf(item["command"])["arguments"]);
  if (id === undefined) throw badField("item.command.arguments", "an array that begins with the item's id");
  return id;
}
