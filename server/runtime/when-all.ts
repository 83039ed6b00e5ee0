// Waits of which most are over: whoever has to wait for nothing goes on in the same turn.

/** Resolves when all have; undefined where there is nothing to wait for. Rejects as the first that does. */
export function whenAll(waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const open = waits.filter((wait) => wait !== undefined);
  return open.length === 0 ? undefined : Promise.all(open).then(() => undefined);
}
