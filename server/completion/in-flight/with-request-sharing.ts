// Joins a request that is under way where that will do, and asks `next` where it will not, or turns out not to.

import type { AnswerSource } from "../query.ts";
import type { InFlightRequests } from "./in-flight-requests.ts";

export function withRequestSharing(requests: Pick<InFlightRequests, "join">, next: AnswerSource): AnswerSource {
  const joinOrAsk: AnswerSource = (ctx, query, progress) => {
    // Joined before anything is awaited: the waiter that this one supersedes has just left.
    const joined = requests.join(ctx, query, progress);
    if (!joined) return next(ctx, query, progress);
    return joined.then((answer) => answer ?? joinOrAsk(ctx, query, progress));
  };
  return joinOrAsk;
}
