// Keeps what a session remembers bounded. Maps and sets list what they hold in the order in which it came.

/** Forgets the oldest entries beyond `max`. */
export function dropOldest(kept: Map<string, unknown> | Set<string>, max: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= max) return;
    kept.delete(key);
  }
}
