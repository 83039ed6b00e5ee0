// Waits for what another process or a later turn of the loop brings about.

import { vi } from "vitest";

/** Far longer than it takes on a machine that is busy elsewhere; the test's own limit is longer still. */
const timeoutMs = 15_000;

/** What `check` returns, as soon as it does not throw. Rejects with what it threw last. Vitest's own limit is 1 s. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: timeoutMs, interval: 20 });
}
