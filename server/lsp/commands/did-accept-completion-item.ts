// `github.copilot.didAcceptCompletionItem`: a suggestion was taken whole. Answers whether it is one of ours.

import type { Method } from "../types.ts";

export const didAcceptCompletionItem: Method =
  (session) =>
  async (ctx, args): Promise<boolean> => {
    const id: unknown = Array.isArray(args) ? args[0] : undefined;
    const known = typeof id === "string" && session.offers.knows(id);
    ctx.log.debug("a suggestion was accepted", { item: typeof id === "string" ? id : undefined, known });
    if (known) (await session.core(ctx)).accepted(id);
    return known;
  };
