// How long to wait after a failure before asking again: 1, 2, 4 … 60 seconds and up to a quarter more, so that many
// processes that failed together do not come back together. What the service asks for is never undercut.

const firstMs = 1_000;
const longestMs = 60_000;
const jitterShare = 0.25;

/** `failures` in a row, from 1. `random` gives 0 to 1. */
export function backoffMs(failures: number, retryAfterMs: number | undefined, random: () => number): number {
  const own = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 10));
  return Math.max(own, retryAfterMs ?? 0) * (1 + jitterShare * random());
}
