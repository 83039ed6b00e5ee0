// The vocabulary of next edits: what should change next, elsewhere in a document, because of what was changed last. Plain
// data; positions are UTF-16 units, lines count from 0. Knows nothing of LSP, HTTP or the service.

import type { ErrorCode } from "./errors.ts";

/** What another program found in the document, as an editor passes it on. */
export interface EditDiagnostic {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly code?: string | undefined;
  readonly source?: string | undefined;
}

interface EditRequestBase {
  /** Where the cursor is. */
  readonly line: number;
  readonly character: number;
  readonly diagnostics?: readonly EditDiagnostic[] | undefined;
  /** Model of the service's list of edit models; absent: the account's default. */
  readonly model?: string | undefined;
}

/** About a document that a front told of as open: what was changed last is known from there. */
export interface OpenDocumentEditRequest extends EditRequestBase {
  readonly kind: "document";
  /** As in `OpenDocument`. A newer request for the same one supersedes an older. */
  readonly documentId: string;
  /** `typed`: an editor, by itself. `invoked`: a person asked for it by hand; asked at once. */
  readonly trigger: "typed" | "invoked";
  /** Answer with what is known already, and ask nobody. */
  readonly fromMemory?: boolean | undefined;
  /**
   * The client shows what it gets and does not tell when the person dismisses it: an edit that was on screen for a second
   * while they then changed something else is held back for half a minute, and the second time for good.
   */
  readonly dismissesSilently?: boolean | undefined;
  /** The client asks for completions too: what would only be added at the cursor is left to them. */
  readonly hasCompletions?: boolean | undefined;
}

/** What was changed in one file, as the texts before and after it: one change, or all of some time. */
export interface PastEdit {
  /** `/` between parts; the same spelling as `TextEditRequest.path` for changes of that file. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** About a text that comes with all that is to be known. Keeps nothing, and uses the budget of programs. */
export interface TextEditRequest extends EditRequestBase {
  readonly kind: "text";
  readonly path: string;
  /** Absolute path on this machine, for rules about files; absent where there is none. Never sent anywhere. */
  readonly file?: string | undefined;
  readonly languageId: string;
  readonly text: string;
  /** Oldest first. */
  readonly edits: readonly PastEdit[];
  /** Other files, the one that matters least first. */
  readonly files?: readonly { readonly path: string; readonly text: string }[] | undefined;
}

export type EditRequest = OpenDocumentEditRequest | TextEditRequest;

/**
 * Where an edit came from: `upstream`; `memory`, the rest of an earlier answer; `jump`, another place that was looked at;
 * `repeat`, a name that is replaced as it was before, or where it was declared, for which nobody was asked.
 */
export type EditSource = "upstream" | "memory" | "jump" | "repeat";

/** One change of one text: whole lines, or a part of one line. */
export interface EditSuggestion {
  /** UUID; names the edit when it is shown, accepted or rejected. */
  readonly id: string;
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  /** In the document's line ends. */
  readonly newText: string;
}

/** Why a well-formed question got no edit although nothing failed. */
export const noEditReasons = [
  /** Next edits, completions, or this language are turned off. */
  "disabled",
  /** The plan counts requests, and the person has not turned next edits on. */
  "plan",
  /** A rule keeps this file from being sent. */
  "excluded",
  /** The document is not open, or was never told of. */
  "unknown-document",
  /** No open document has been changed yet. */
  "no-changes",
  /** All that the service had to say about this text was offered already, or there was nothing. */
  "nothing-new",
  /** Nothing is known, and nobody was to be asked. */
  "not-asked",
  /** The document, or the part that would be sent, is over the bounds. */
  "too-large",
  /** The text is no longer the one that was asked about. */
  "stale",
  /** The service took too long; its answer is kept for the next question. */
  "late",
  /** The service offered nothing. */
  "upstream-empty",
  /** What the service offered did not pass the checks. */
  "filtered",
  /** The text holds a token, key or password, and `completion.secrets` is `withhold`. */
  "secret",
] as const;

export type NoEditReason = (typeof noEditReasons)[number];

/** Everything that can stand behind "no edit". */
export type NoEditCode = NoEditReason | ErrorCode;

export type EditResult =
  | {
      readonly kind: "edit";
      readonly edit: EditSuggestion;
      /**
       * Of a `TextEditRequest`: the other edits of the same answer, apart from one another and each of the same text as
       * `edit`. Of an open document: none, they come with the next requests.
       */
      readonly others: readonly EditSuggestion[];
      /** Of a `repeat`: the one that was asked last, or would be. */
      readonly model: string;
      readonly source: EditSource;
    }
  | NoEdit;

export interface NoEdit {
  readonly kind: "empty";
  readonly reason: NoEditReason;
  /** Of `excluded`: whose rule it is, or why none is known, in a sentence for a person. */
  readonly detail?: string | undefined;
  readonly model?: string | undefined;
  /** What the checks found, one for each change that was dropped. Only with `filtered`. */
  readonly dropped?: readonly string[] | undefined;
}

/** What would be sent for a request, and is not. */
export interface EditPreview {
  readonly model?: string | undefined;
  /** Name of the prompt's layout. */
  readonly strategy: string;
  /** Why nothing would be sent; absent when it would. */
  readonly reason?: NoEditReason | undefined;
  /** As in `NoEdit`. */
  readonly detail?: string | undefined;
  /** Kinds of secrets that are replaced in the body, one for each place; absent: none. */
  readonly secrets?: readonly string[] | undefined;
  /** The body of the request, as the service takes it. */
  readonly body: unknown;
}
