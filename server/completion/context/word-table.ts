// Words as numbers, so that counting them costs no look-up, and which of them the reference has. Grows with the words
// that documents have; whoever uses it makes a new one when it has grown too far.

export interface WordTable {
  readonly size: () => number;
  idOf(word: string): number;
  /** Marks these words, and no others. */
  setReference(words: ReadonlySet<string>): void;
  /** By word: 1 for a word of the reference. Valid until the next call of `idOf` or `setReference`. */
  marks(): Uint8Array;
  /** By word: zeros to count in; to be left as zeros. Valid until the next call of `idOf`. */
  counts(): Int32Array;
}

const firstCapacity = 4_096;

export function createWordTable(): WordTable {
  const ids = new Map<string, number>();
  let reference: ReadonlySet<string> = new Set();
  let marks = new Uint8Array(firstCapacity);
  let counts = new Int32Array(firstCapacity);

  const mark = (words: ReadonlySet<string>, value: 0 | 1): void => {
    for (const word of words) {
      const id = ids.get(word);
      if (id !== undefined) marks[id] = value;
    }
  };

  return {
    size: () => ids.size,
    idOf(word) {
      const known = ids.get(word);
      if (known !== undefined) return known;
      const id = ids.size;
      ids.set(word, id);
      if (id >= marks.length) {
        const longer = new Uint8Array(marks.length * 2);
        longer.set(marks);
        marks = longer;
        counts = new Int32Array(longer.length);
      }
      if (reference.has(word)) marks[id] = 1;
      return id;
    },
    setReference(words) {
      mark(reference, 0);
      reference = words;
      mark(words, 1);
    },
    marks: () => marks,
    counts: () => counts,
  };
}
