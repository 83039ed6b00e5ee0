// Shares what is under way where that will do, and asks on where it will not, or turns out not to.

import type { AnswerSource } from "../query.ts";
import type { Flights } from "./in-flight-requests.ts";

export function joining(flights: Pick<Flights, "join">, next: AnswerSource): AnswerSource {
  const joinOrAsk: AnswerSource = (ctx, question, progress) => {
    // Joined before anything is waited for: the asker that this one supersedes has just left.
    const joined = flights.join(ctx, question, progress);
    if (!joined) return next(ctx, question, progress);
    return joined.then((answer) => answer ?? joinOrAsk(ctx, question, progress));
  };
  return joinOrAsk;
}
