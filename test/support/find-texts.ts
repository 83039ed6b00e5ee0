// Looks for what must not be there in everything that a program wrote or sent.

/** Each place of `places` that holds one of `texts`, as sentences; empty when none does. */
export function findTexts(places: ReadonlyMap<string, string>, texts: readonly string[]): readonly string[] {
  // As it would stand in JSON inside JSON, as answers are kept.
  const forms = texts.map((text) => [text, JSON.stringify(text).slice(1, -1)] as const);
  const found: string[] = [];
  for (const [place, all] of places) {
    for (const [text, quoted] of forms) {
      if (all.includes(text) || all.includes(quoted)) found.push(`${JSON.stringify(text.slice(0, 40))} is in ${place}`);
    }
  }
  return found;
}
