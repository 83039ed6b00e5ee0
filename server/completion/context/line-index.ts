// A document's lines with the words of each. After a change only the lines that it touched are looked at again: the
// others are recognised, and keep their words.

import type { ChangedLines } from "../../../shared/documents.ts";

interface IndexedLine {
  readonly text: string;
  /** Numbers of its words, each once. */
  readonly words: readonly number[];
}

export interface LineIndex {
  /** The lines have moved: `lines` gave way to others. `read` must be called before the next use. */
  note(lines: ChangedLines): void;
  /** The lines of `text`, which is the document as it is now. */
  read(text: string, wordsOf: (line: string) => readonly number[]): readonly IndexedLine[];
}

export function createLineIndex(): LineIndex {
  let known: (IndexedLine | undefined)[] = [];

  return {
    note({ startLine, endLine, newEndLine }) {
      // Lines that have stayed where they were are found to be others when they are read.
      if (endLine === newEndLine || known.length === 0) return;
      const fresh = Array.from({ length: newEndLine - startLine + 1 }, () => undefined);
      known = [...known.slice(0, startLine), ...fresh, ...known.slice(endLine + 1)];
    },
    read(text, wordsOf) {
      const lines = text.split(/\r\n|\r|\n/).map((line, at): IndexedLine => {
        const before = known[at];
        return before?.text === line ? before : { text: line, words: wordsOf(line) };
      });
      known = lines;
      return lines;
    },
  };
}
