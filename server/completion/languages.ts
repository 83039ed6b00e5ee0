// What the rules of a completion know about languages: where one line is enough, and what begins the next thing.

const oneLiners: ReadonlySet<string> = new Set([
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
  "go",
]);

const usualStops = ["\n\n\n", "\n```"] as const;
const blockStops: Readonly<Record<string, readonly string[]>> = {
  markdown: ["\n\n\n"],
  python: ["\ndef ", "\nclass ", "\nif ", "\n\n#"],
};

/**
 * Whether `auto` means one line here. The service cannot trim a block of these languages by its indentation, and
 * their lines say enough.
 */
export function isOneLiner(languageId: string): boolean {
  return oneLiners.has(languageId);
}

/** What ends a block: the start of the next thing. */
export function blockStopsOf(languageId: string): readonly string[] {
  return blockStops[languageId] ?? usualStops;
}

/** What ends a text whose parts are not known: two blank lines, or the fence that a model puts around code. */
export const gapStops: readonly string[] = usualStops;
