// The vocabulary of a completion, in editor terms and plain data. Positions are UTF-16 units. Knows nothing of LSP,
// HTTP or the service.

import type { ErrorCode } from "./errors.ts";

/**
 * Who asks, and why. `typed`: an editor, because a key was pressed. `invoked`: a person asked for it by hand.
 * `script`: a program over HTTP or the shell; it has a budget of its own.
 */
export type Trigger = "typed" | "invoked" | "script";

/** How much to offer: `one` line, or as many as the language's rules allow (`auto`), or a whole `block`. */
export type LineMode = "one" | "auto" | "block";

export interface Indentation {
  /** Columns of one tab. */
  readonly tabSize: number;
  readonly insertSpaces: boolean;
}

interface CompletionRequestBase {
  /** LSP language identifier; empty when nobody says, and nothing is then said to the service either. */
  readonly languageId: string;
  /** Path relative to its workspace folder, `/` between parts; absent for untitled text. */
  readonly path?: string;
  readonly trigger: Trigger;
  readonly lines: LineMode;
  /** How many alternatives, 1 to 10. Absent: one. */
  readonly n?: number;
  /** Extra strings that end the completion; they are not part of it. */
  readonly stop?: readonly string[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  /** Engine name; absent: the account's default. */
  readonly model?: string;
}

/** A place in a document. The answer is fitted into it: filtered, trimmed against what follows, given a range. */
export interface DocumentRequest extends CompletionRequestBase {
  readonly kind: "document";
  /** Identity of the document; a newer request for the same one supersedes an older. */
  readonly documentId: string;
  /** Name under which the document was told of as open; absent: `documentId`. */
  readonly openDocumentId?: string;
  /** As the editor named the language, where that is another name. */
  readonly editorLanguageId?: string | undefined;
  /** Absolute path, on whatever machine it lies: some files are never sent. This path itself never is. */
  readonly file?: string;
  /** Other ways to read the document's address as a path: who keeps one of them back keeps the document back. */
  readonly otherNames?: readonly string[] | undefined;
  /** Text before the cursor. May lack the head of a large document; then `beforeOffset` says how much is missing. */
  readonly before: string;
  /** Offset of `before`'s first unit in the document. */
  readonly beforeOffset: number;
  /** Text after the cursor. May lack the tail of a large document. */
  readonly after: string;
  readonly lineCount: number;
  /** The cursor's line, from 0; absent when unknown. */
  readonly line?: number;
  /** As the editor said; absent: read from the text. */
  readonly indentation?: Indentation;
}

/** Text that a program shows the model beside its prompt. */
export interface ContextFile {
  /** Where it is from, `/` between parts; absent when the program did not say. */
  readonly path?: string;
  readonly text: string;
}

/** A bare prompt and suffix. The answer is the text that follows `before`, and nothing is done to it but the stops. */
export interface PromptRequest extends CompletionRequestBase {
  readonly kind: "prompt";
  readonly before: string;
  readonly after: string;
  /** Least telling first: the last one stands next to the prompt, and the first is left out first. */
  readonly files?: readonly ContextFile[] | undefined;
}

export type CompletionRequest = DocumentRequest | PromptRequest;

/** What would be sent for a request, and is not. */
export interface PromptPreview {
  /** Engine that would be asked, as far as it is known without asking. */
  readonly model?: string | undefined;
  /** Why the request would not be sent at all; absent when it would. */
  readonly reason?: EmptyReason | undefined;
  /** As of a `CompletionResult`. */
  readonly detail?: string | undefined;
  /** Kinds of secrets that are replaced in the body, one for each place; absent: none. */
  readonly secrets?: readonly string[] | undefined;
  /** The body of the request, as the service takes it. */
  readonly body: unknown;
}

/** Text of one alternative as it arrives. Calls for one `index` come in order; a promise holds the stream back. */
export type PartialSink = (partial: { readonly index: number; readonly text: string }) => void | Promise<void>;

/** An alternative as soon as it is whole and worth offering; the result repeats it. A promise holds the stream back. */
export type ItemSink = (item: CompletionItem) => void | Promise<void>;

/** Why an answer ends where it does. */
export type Finish =
  /** The model left off; also at a stop that the service itself saw, which it does not tell apart. */
  | { readonly kind: "end" }
  /** The most tokens were reached. */
  | { readonly kind: "length" }
  /** The service's content filter. */
  | { readonly kind: "filter" }
  /** A string that ends it, seen here. */
  | { readonly kind: "stop"; readonly word: string }
  /** The asked number of lines, or the end of the block. */
  | { readonly kind: "shape" }
  /** The asker's time was used up. */
  | { readonly kind: "time" };

export interface CompletionItem {
  /** UUID; names the item when it is shown or accepted. */
  readonly id: string;
  /** Which alternative it is, as partial texts number them; absent: its place in the list. */
  readonly index?: number;
  /** What to put at the cursor. Line ends as the document has them. */
  readonly text: string;
  /** Units before the cursor, on its line, that `text` replaces: surplus indentation. */
  readonly replaceBefore: number;
  /** Units after the cursor, on its line, that `text` contains again and so replaces. */
  readonly replaceAfter: number;
  /** Absent where rules fitted the text into a document, or nobody knows any more. */
  readonly finish?: Finish | undefined;
}

/** Where an answer came from. */
export type CompletionSource = "upstream" | "typed-through" | "cache" | "in-flight" | "speculation";

/** Why a well-formed question got no text although nothing failed. */
export const emptyReasons = [
  /** The document holds too little text to go by. */
  "too-short",
  /** Text other than closing punctuation stands right of the cursor. */
  "mid-line",
  /** Completions are turned off, for all or for this language. */
  "disabled",
  /** A rule keeps this file from being sent. */
  "excluded",
  /** The service offered nothing. */
  "upstream-empty",
  /** The text holds a token, key or password at the cursor, or anywhere when `completion.secrets` is `withhold`. */
  "secret",
  /** What the service offered repeated itself or what stands below. */
  "filtered",
] as const;

export type EmptyReason = (typeof emptyReasons)[number];

/** Everything that can stand behind "no suggestion". */
export type ReasonCode = EmptyReason | ErrorCode;

export type CompletionResult =
  | {
      readonly kind: "items";
      readonly items: readonly CompletionItem[];
      readonly model: string;
      readonly source: CompletionSource;
    }
  | {
      readonly kind: "empty";
      readonly reason: EmptyReason;
      /** Of `excluded`: whose rule it is, or why it is not known which rules hold, in a sentence for a person. */
      readonly detail?: string | undefined;
      readonly model?: string;
      /** Why nothing came, where the service was asked. */
      readonly finish?: Finish | undefined;
    };
