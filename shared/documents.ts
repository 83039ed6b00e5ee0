// What a front that holds open documents tells the core of them, so that one document can help to complete another.
// Plain data; knows nothing of LSP.

/** A text as it is at one moment; it stays so. A part of it costs no more in a long text than in a short one. */
export interface DocumentText {
  /** In UTF-16 units. */
  readonly length: number;
  /** From offset `start` up to `end`, in UTF-16 units; without `end` up to the text's end. */
  slice(start: number, end?: number): string;
  /** Without their ends, from line `start` up to and without `end`, as far as there are any. */
  lines(start: number, end: number): readonly string[];
  /** At least 1: a text that ends in a line end has an empty last line. */
  readonly lineCount: number;
  /** Offset of the first unit of a line; the text's length below the last one. */
  lineStart(line: number): number;
}

export interface OpenDocument {
  /** The `documentId` of requests about it. */
  readonly id: string;
  /** LSP language identifier. */
  readonly languageId: string;
  /** As the editor named the language, where that is another name. */
  readonly editorLanguageId?: string | undefined;
  /** Path relative to its workspace folder, `/` between parts; absent for untitled text. */
  readonly path: string | undefined;
  /** Absolute path on this machine; absent for what is no local file. Never sent anywhere. */
  readonly file: string | undefined;
  /** As of a `DocumentRequest`. */
  readonly otherNames?: readonly string[] | undefined;
  /** The text as it is now. Not called after `closed`. */
  readonly text: () => DocumentText;
}

/** Lines that gave way to others, counted from 0; both ends are lines that the change touches, before and after it. */
export interface ChangedLines {
  readonly startLine: number;
  readonly endLine: number;
  readonly newEndLine: number;
}

/** Told in the order of events. Unknown names are ignored. Never throws, never waits, and costs no more for long texts. */
export interface DocumentObserver {
  /** Also for a document that is open already: it is another one from then on. */
  opened(document: OpenDocument): void;
  /** Called when `text` is the new one; `lines` holds all that may be another. */
  changed(id: string, lines: ChangedLines): void;
  closed(id: string): void;
  /** The person looks at this document now, or at none. */
  focused(id: string | undefined): void;
}

/** For what is there as one string, and not changed. */
export function plainText(text: string): DocumentText {
  let starts: readonly number[] | undefined;
  let split: readonly string[] | undefined;
  const lineStarts = (): readonly number[] => {
    starts ??= [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (end) => end.index + end[0].length)];
    return starts;
  };
  return {
    length: text.length,
    slice: (start, end) => text.slice(start, end),
    lines(start, end) {
      split ??= text.split(/\r\n|\r|\n/);
      return split.slice(start, end);
    },
    get lineCount() {
      return lineStarts().length;
    },
    lineStart: (line) => lineStarts()[line] ?? text.length,
  };
}
