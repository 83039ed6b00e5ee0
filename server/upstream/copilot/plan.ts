// Whether a plan counts completions, by what came with its session token.

import type { SessionToken } from "../types.ts";

/** `unsure`: the plan counts something, which may be completions or only premium requests. */
export type Counting = "counted" | "unsure" | "not-counted";

/**
 * Plans that count completions say how many are left, or are called limited (`free_limited_copilot`). Paid ones and those
 * for students have names such as `yearly_subscriber_quota` and `free_educational_quota`, for their premium requests. Whoever
 * sends requests that nobody asked for takes `unsure` as a yes; what a person asks for is not withheld because of it.
 */
export function countingOf(session: Pick<SessionToken, "completionsRemaining" | "sku"> | undefined): Counting {
  const { completionsRemaining, sku = "" } = session ?? {};
  if (completionsRemaining !== undefined || /limited/i.test(sku)) return "counted";
  return /free|quota/i.test(sku) ? "unsure" : "not-counted";
}
