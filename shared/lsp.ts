// What this server speaks beside the Language Server Protocol itself: the methods of the official Copilot server that
// editors and plugins use, `copilot/complete`, and the commands. Positions are UTF-16, as everywhere here.

import type { CompletionSource, EmptyReason, LineMode } from "./completion.ts";
import type { ErrorCode } from "./errors.ts";
import type { StatusKind } from "./status.ts";

/** Section of the editor's configuration that holds this program's own settings. */
export const settingsSection = "copilot-lsp";

/** Commands of `workspace/executeCommand`. The `github.copilot.*` ones are the official server's. */
export const lspCommands = {
  finishDeviceFlow: "github.copilot.finishDeviceFlow",
  didAcceptCompletionItem: "github.copilot.didAcceptCompletionItem",
  didAcceptNextEditSuggestionItem: "github.copilot.didAcceptNextEditSuggestionItem",
  didRejectNextEditSuggestionItem: "github.copilot.didRejectNextEditSuggestionItem",
  didIgnoreNextEditSuggestionItem: "github.copilot.didIgnoreNextEditSuggestionItem",
  didAcceptPanelCompletionItem: "github.copilot.didAcceptPanelCompletionItem",
  signIn: "copilot.signIn",
  signOut: "copilot.signOut",
  status: "copilot.status",
} as const;

/** LSP 3.18, Position. */
export interface LspPosition {
  readonly line: number;
  readonly character: number;
}

/** LSP 3.18, Range. */
export interface LspRange {
  readonly start: LspPosition;
  readonly end: LspPosition;
}

/** LSP 3.18, Command. */
export interface LspCommand {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

/** `textDocument/inlineCompletion`, LSP 3.18, in the shape that Copilot plugins rely on: plain text and always a range. */
export interface InlineCompletionResult {
  readonly items: readonly InlineItem[];
}

export interface InlineItem {
  readonly insertText: string;
  readonly range: LspRange;
  /** To be executed when the item was accepted; its argument names the item. */
  readonly command: LspCommand;
}

/**
 * `copilot/complete`: either a place in an open document (`textDocument` and `position`), or a bare `prompt` with an
 * optional `suffix`.
 */
export interface CompleteParams {
  readonly textDocument?: { readonly uri: string; readonly version?: number };
  readonly position?: LspPosition;
  readonly prompt?: string;
  readonly suffix?: string;
  /** LSP language identifier of a bare prompt. */
  readonly language?: string;
  /** Path that a bare prompt is said to come from, relative to its project. */
  readonly path?: string;
  /** Alternatives, 1 to 10. */
  readonly n?: number;
  readonly stop?: readonly string[];
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly model?: string;
  readonly lines?: LineMode;
  /** When given, text is reported as it arrives: `$/progress` with a `CompletePartial`. */
  readonly partialResultToken?: string | number;
}

/** Value of a `$/progress`: more text of the alternative `index`. The result repeats the whole. */
export interface CompletePartial {
  readonly index: number;
  readonly text: string;
}

export type CompleteResult =
  | { readonly items: readonly CompleteItem[]; readonly model: string; readonly source: CompletionSource }
  | { readonly items: readonly []; readonly reason: EmptyReason; readonly model?: string };

export interface CompleteItem {
  readonly id: string;
  readonly text: string;
  /** What `text` replaces; absent for a bare prompt. */
  readonly range?: LspRange;
}

/** `data` of every error answer that this program makes. */
export interface LspErrorData {
  readonly code: ErrorCode;
  /** What the person can do next. */
  readonly advice?: string;
  readonly retryAfterMs?: number;
  readonly url?: string;
}

/** `signIn`, `signInInitiate` and the command `copilot.signIn`. */
export type SignInResult =
  | { readonly status: "AlreadySignedIn"; readonly user: string }
  | {
      readonly status: "PromptUserDeviceFlow";
      readonly userCode: string;
      readonly verificationUri: string;
      /** Seconds. */
      readonly expiresIn: number;
      /** Seconds. */
      readonly interval: number;
      readonly command: LspCommand;
    };

/** `signInConfirm` and the command `github.copilot.finishDeviceFlow`. */
export interface SignedInResult {
  readonly status: "OK";
  readonly user: string;
}

export interface SignOutResult {
  readonly status: "NotSignedIn";
}

/** `checkStatus`. `user` is there whenever somebody is signed in; empty while GitHub has not named them. */
export interface CheckStatusResult {
  readonly status: "OK" | "NotSignedIn" | "NotAuthorized";
  readonly user?: string;
}

export interface VersionResult {
  readonly version: string;
  readonly buildType: "prod";
  /** `node/20.18.1`. */
  readonly runtimeVersion: string;
}

/** `didChangeStatus`, from the server. `message` is absent when all is well. */
export interface DidChangeStatusParams {
  readonly kind: StatusKind;
  readonly busy: boolean;
  readonly message?: string;
}

/** `statusNotification`, from the server: the older form, which some plugins still listen to. */
export interface StatusNotificationParams {
  readonly kind: StatusKind;
  readonly busy: boolean;
  readonly status: StatusKind | "InProgress";
  readonly message: string;
}
