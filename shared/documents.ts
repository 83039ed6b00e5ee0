// What a front that holds open documents tells the core of them, so that one document can help to complete another.
// Plain data; knows nothing of LSP.

export interface OpenDocument {
  /** The `documentId` of requests about it. */
  readonly id: string;
  /** LSP language identifier. */
  readonly languageId: string;
  /** Path relative to its workspace folder, `/` between parts; absent for untitled text. */
  readonly path: string | undefined;
  /** Absolute path on this machine; absent for what is no local file. Never sent anywhere. */
  readonly file: string | undefined;
  /** The text as it is now. Not called after `closed`. */
  readonly text: () => string;
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
