// Where an answer is complete by its plan: its stops and its ending together.

import type { Plan } from "./strategy.ts";

/** The length at which `text` is a complete answer, or undefined while it may go on. */
export function endOf(plan: Plan, text: string): number | undefined {
  let end = plan.ending(text);
  for (const stop of plan.cutAt) {
    const at = text.indexOf(stop);
    if (at >= 0 && (end === undefined || at < end)) end = at;
  }
  return end;
}
