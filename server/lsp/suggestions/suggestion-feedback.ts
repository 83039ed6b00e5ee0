// What becomes of a suggestion, as clients tell it: shown, taken, taken in part, turned down. Clients count what was
// taken from where the item's range begins; the core counts from the cursor. Knows none of the methods that tell.

import type { Ctx } from "../../../shared/context.ts";
import type { Session } from "../types.ts";

/** Each answers whether the item is one of ours; an item that is not is left alone. */
export interface Fates {
  shown(ctx: Ctx, itemId: string): boolean;
  /** `acceptedLength` in UTF-16 units of the item's text as it was sent; absent, or as long as that: all of it. */
  accepted(ctx: Ctx, itemId: string, acceptedLength: number | undefined): boolean;
  rejected(ctx: Ctx, itemIds: readonly string[]): boolean;
}

export function fatesOf(session: Session): Fates {
  const { offers } = session;
  return {
    shown(ctx, itemId) {
      const known = offers.knows(itemId);
      ctx.log.debug("a suggestion was shown", { item: itemId, known });
      if (known) session.acceptance.noteShown(itemId);
      return known;
    },
    accepted(ctx, itemId, acceptedLength) {
      const offer = offers.find(itemId);
      ctx.log.debug("a suggestion was accepted", { item: itemId, units: acceptedLength, known: offer !== undefined });
      if (!offer) return false;
      const isWhole = acceptedLength === undefined || acceptedLength >= offer.units;
      session.acceptance.noteAccepted(itemId, isWhole ? undefined : Math.max(0, acceptedLength - offer.repeatedUnits));
      return true;
    },
    rejected(ctx, itemIds) {
      const known = itemIds.filter((id) => offers.knows(id));
      ctx.log.debug("suggestions were rejected", { items: itemIds.length, known: known.length });
      if (known.length > 0) session.acceptance.noteRejected(known);
      return known.length > 0;
    },
  };
}
