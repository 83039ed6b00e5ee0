// The words at the cursor that other documents are compared with: those of the lines above the cursor's own. The line
// that is being typed would change them with every key; without it the comparison, and the prompt with it, stands still
// while a line is typed.

export interface Reference {
  readonly words: ReadonlySet<string>;
}

export interface ReferenceReader {
  /** The same object as before while the lines have the same text. */
  read(before: string): Reference;
}

const referenceLines = 60;

export function createReferenceReader(wordsOf: (line: string) => readonly string[]): ReferenceReader {
  let text: string | undefined;
  let wordsByLine = new Map<string, readonly string[]>();
  let reference: Reference = { words: new Set() };

  return {
    read(before) {
      const window = linesAbove(before);
      if (window === text) return reference;
      text = window;
      const lines = new Map<string, readonly string[]>();
      for (const line of window.split("\n")) lines.set(line, wordsByLine.get(line) ?? wordsOf(line));
      wordsByLine = lines;
      const words = new Set([...lines.values()].flat());
      if (!isSame(words, reference.words)) reference = { words };
      return reference;
    },
  };
}

function linesAbove(before: string): string {
  const end = before.lastIndexOf("\n") + 1;
  let start = end;
  for (let lines = 0; lines < referenceLines && start > 0; lines += 1) {
    start = start < 2 ? 0 : before.lastIndexOf("\n", start - 2) + 1;
  }
  return before.slice(start, end);
}

function isSame(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  if (one.size !== other.size) return false;
  for (const word of one) if (!other.has(word)) return false;
  return true;
}
