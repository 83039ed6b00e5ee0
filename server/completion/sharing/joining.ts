// Shares what is under way where that will do, and asks on where it will not, or turns out not to.

import type { AnswerSource } from "../question.ts";
import type { Flights } from "./flights.ts";

export function joining(flights: Pick<Flights, "join">, next: AnswerSource): AnswerSource {
  return async (ctx, question, progress) => {
    // Joined before anything is waited for: the asker that this one supersedes has just left.
    for (let joined = flights.join(ctx, question, progress); joined; joined = flights.join(ctx, question, progress)) {
      const answer = await joined;
      if (answer) return answer;
    }
    return next(ctx, question, progress);
  };
}
