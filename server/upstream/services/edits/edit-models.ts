// Open models that predict edits, by the names that they go by, and how each is asked. Nothing is guessed for another name:
// in a layout that it was not trained on a model writes plausible nonsense.

/** Name of the strategy in `server/edits/strategies.ts`; undefined for a model that predicts no edits in a known layout. */
export function editStrategyOf(model: string): string | undefined {
  const name = model.toLowerCase();
  if (/\bzeta[-_]?2\.1\b/.test(name)) return "zeta-2.1";
  // Its second version has marks of its own.
  if (/sweep[-_]?next[-_]?edit/.test(name) && !/edit[-_]?v2/.test(name)) return "sweep";
  return undefined;
}

export const editModelNames = "zeta-2.1, sweep-next-edit-0.5b or sweep-next-edit-1.5b";
