// When a session token is to be renewed and until when it may be used. The service's own arithmetic; its clock and ours
// may differ by any amount, so only differences are taken, each within one clock.

import type { Clock } from "../../shared/context.ts";
import type { SessionToken } from "../upstream/types.ts";
import { elapsedMs, type Timestamp } from "./timestamp.ts";

export interface HeldSession {
  readonly session: SessionToken;
  /** Just before it was asked for: the service cannot have dated it earlier. */
  readonly asked: Timestamp;
  readonly received: Timestamp;
}

/** However short `refresh_in` is, renewing goes no faster. */
export const shortestRefreshMs = 30_000;
const graceMs = 60_000;

function lifetimeMs(session: SessionToken): number {
  const byServiceClock = session.serverNowMs === undefined ? 0 : session.expiresAtSeconds * 1_000 - session.serverNowMs;
  // A token that is said to be dead on arrival speaks of a confused clock: go by `refresh_in`, as without any.
  return byServiceClock > 0 ? byServiceClock : Math.max(0, session.refreshInSeconds * 1_000) + graceMs;
}

/** Milliseconds until the token ends; not above zero when it has. */
export function expiresInMs(clock: Clock, held: HeldSession): number {
  return lifetimeMs(held.session) - elapsedMs(clock, held.asked);
}

/** Milliseconds until it should be renewed; not above zero when that is due. */
export function refreshInMs(clock: Clock, held: HeldSession): number {
  const named = held.session.refreshInSeconds * 1_000;
  const lifetime = lifetimeMs(held.session);
  const after = named < lifetime ? named : lifetime - graceMs;
  return Math.max(shortestRefreshMs, after) - elapsedMs(clock, held.received);
}
