// What this server speaks beside the Language Server Protocol itself: the methods of the official Copilot server that
// editors and plugins use, `copilot/complete`, and the commands. Positions are UTF-16, as everywhere here.

import type { CompletionSource, EmptyReason, LineMode, PromptPreview } from "./completion.ts";
import type { NoEditCode } from "./edits.ts";
import type { ErrorCode } from "./errors.ts";
import type { StatusKind, StatusReport } from "./status.ts";

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
  nextEdit: "copilot.nextEdit",
} as const;

/**
 * Commands that `didChangeStatus` names as the way on. They can be executed, but are not announced: a person who picks a
 * command from a list finds the same by a clearer name there.
 */
export const statusCommands = {
  signIn: "github.copilot.signIn",
  quotaExceeded: "github.copilot.completions.quotaExceeded",
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

/** `getCompletions` and `getCompletionsCycling`, of older plugins. */
export interface CompletionsResult {
  readonly completions: readonly LegacyCompletion[];
}

export interface LegacyCompletion {
  readonly uuid: string;
  /** What replaces `range`: the cursor's line from its start on, completed. */
  readonly text: string;
  /** What is new in `text`, from the cursor on. */
  readonly displayText: string;
  readonly range: LspRange;
  /** The cursor. */
  readonly position: LspPosition;
  readonly docVersion: number;
}

/** `getPanelCompletions`, of older plugins; the solutions come by `PanelSolution`. */
export interface PanelCompletionsResult {
  /** How many solutions are asked for; fewer may come. */
  readonly solutionCountTarget: number;
}

/** `PanelSolution`, from the server. */
export interface PanelSolutionParams {
  readonly panelId: string;
  /** To be named in `notifyAccepted`. */
  readonly solutionId: string;
  /** What replaces `range`. */
  readonly completionText: string;
  /** The same: plugins put it in the place of the cursor's line. */
  readonly displayText: string;
  readonly range: LspRange;
  /** Plugins sort by it; the service gives none, so it is 0. */
  readonly score: number;
  readonly docVersion: number;
}

/** `PanelSolutionsDone`, from the server: the last of a panel. */
export interface PanelSolutionsDoneParams {
  readonly panelId: string;
  readonly status: "OK" | "Error";
  /** Why there is nothing more; with `Error`. */
  readonly message?: string;
}

/** `textDocument/copilotInlineEdit`: never more than one edit, and none with an error for what is expected. */
export interface InlineEditResult {
  readonly edits: readonly InlineEdit[];
  /** Why there is none. */
  readonly reason?: NoEditCode | undefined;
  /** Of `excluded`: whose rule it is, or why none is known, in a sentence for a person. */
  readonly detail?: string | undefined;
}

/** Whole lines, or a part of one line, of this version of this document and of nothing else. */
export interface InlineEdit {
  readonly text: string;
  readonly range: LspRange;
  readonly textDocument: { readonly uri: string; readonly version: number };
  /** To be run when the edit is accepted; its argument names the edit. */
  readonly command: LspCommand;
}

/** LSP 3.18, CodeAction: what `textDocument/codeAction` offers. */
export interface LspCodeAction {
  readonly title: string;
  readonly kind: "quickfix";
  /** A WorkspaceEdit. */
  readonly edit: object;
  readonly command: LspCommand;
}

/** `copilot.nextEdit`: the end of what was applied, or why nothing was. */
export type NextEditResult =
  | { readonly applied: true; readonly uri: string; readonly line: number; readonly character: number }
  | { readonly applied: false; readonly reason: NoEditCode; readonly detail?: string | undefined };

/** An entry of `copilot/models`. */
export interface LspModel {
  readonly id: string;
  readonly modelName: string;
  readonly scopes: readonly ("completion" | "chat-panel")[];
  readonly preview: boolean;
  /** The one that the next completion asks. */
  readonly default?: true;
}

/** `checkQuota`, and by another name for each class `copilot/quotaChange`. */
export interface QuotaResult {
  readonly chat?: QuotaSnapshot;
  readonly completions?: QuotaSnapshot;
  readonly premiumInteractions?: QuotaSnapshot;
  /** Every other allowance, by the service's name for it. */
  readonly others?: Readonly<Record<string, QuotaSnapshot>>;
  /** Limits on the use of the service within a time, by the service's name: `session`, `weekly`. */
  readonly limits?: Readonly<Record<string, QuotaSnapshot>>;
  /** As the service writes it. */
  readonly resetDate?: string;
  /** As the service writes it. */
  readonly copilotPlan?: string;
  /** The account pays by AI credits, which are counted as premium interactions. */
  readonly tokenBasedBilling?: boolean;
}

export interface QuotaSnapshot {
  /** 0 to 100. */
  readonly percentRemaining: number;
  /** Above 100 where more was used than is granted; absent without a limit. */
  readonly percentUsed?: number;
  readonly unlimited: boolean;
  readonly entitlement?: number;
  /** May be below 0. */
  readonly remaining?: number;
  /** Whether the plan goes on, for money, when nothing is left. */
  readonly overagePermitted?: boolean;
  /** How much was used beyond what is granted. */
  readonly overageCount?: number;
  /** When it is full again: an instant in ISO 8601, or `YYYY-MM-DD`. */
  readonly resetDate?: string;
}

/** `copilot/quotaChange`, from the server: for each class, by the service's name for it, what is left. */
export interface QuotaChangeParams {
  readonly [quotaClass: string]: QuotaChange | string;
}

export interface QuotaChange {
  /** 0 to 100. */
  readonly percentRemaining: number;
  readonly unlimited: boolean;
  /** How much the plan grants in all. */
  readonly quota?: number;
  /** Whether the plan goes on, for money, when nothing is left. */
  readonly overagePermitted?: boolean;
  /** When it is full again: an instant in ISO 8601, or a day. */
  readonly resetDate?: string;
}

/** `checkFileStatus`: whether the file may be sent to the service. */
export interface FileStatusResult {
  readonly status: "included" | "excluded";
  /** Whose rule it is, or why none is known, in a sentence for a person. Only with `excluded`. */
  readonly reason?: string;
}

/** `debug/diagnostics`: what goes into a report of a fault. */
export interface DiagnosticsResult {
  /** Markdown. */
  readonly report: string;
}

/** `textDocument/completion`, LSP 3.18: suggestions as entries of the editor's menu. */
export interface MenuResult {
  readonly isIncomplete: boolean;
  readonly items: readonly MenuItem[];
}

/** LSP 3.18, CompletionItem, as far as it is used here: plain text, never a snippet. */
export interface MenuItem {
  readonly label: string;
  readonly kind: number;
  readonly sortText: string;
  readonly filterText: string;
  readonly insertTextFormat: number;
  readonly insertTextMode?: number;
  readonly textEdit: LspTextEdit;
  readonly additionalTextEdits?: readonly LspTextEdit[];
  readonly detail: string;
  readonly documentation?: { readonly kind: "markdown" | "plaintext"; readonly value: string };
  /** To be executed when the item was accepted; its argument names the item. */
  readonly command: LspCommand;
}

/** LSP 3.18, TextEdit. */
export interface LspTextEdit {
  readonly range: LspRange;
  readonly newText: string;
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
  | { readonly items: readonly []; readonly reason: EmptyReason; readonly detail?: string; readonly model?: string };

export interface CompleteItem {
  readonly id: string;
  readonly text: string;
  /** What `text` replaces; absent for a bare prompt. */
  readonly range?: LspRange;
}

/** `copilot/prompt`: what would be sent for a completion at this place, typed there. */
export interface PromptParams {
  readonly textDocument: { readonly uri: string; readonly version?: number };
  readonly position: LspPosition;
}

export type PromptResult = PromptPreview;

/** `data` of every error answer that this program makes. */
export interface LspErrorData {
  readonly code: ErrorCode;
  /** What the person can do next. */
  readonly advice?: string;
  readonly retryAfterMs?: number;
  readonly url?: string;
}

/** What became of the suggestions of this session. Kept in memory only. */
export interface SuggestionCounts {
  /** In a menu, or where the client says so. */
  readonly shown: number;
  readonly accepted: number;
  readonly acceptedInPart: number;
  /** Of those that were accepted, in whole or in part. */
  readonly deletedAgain: number;
}

/** The command `copilot.status`. */
export interface StatusResult extends StatusReport {
  readonly suggestions: SuggestionCounts;
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

/** `signInWithDeviceFlowProgress`, from the server: what the person is to be shown. */
export interface SignInProgressParams {
  readonly userCode: string;
  readonly verificationUri: string;
  /** Seconds. */
  readonly expiresIn: number;
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
  /** What a person can do about it; `workspace/executeCommand` runs it. */
  readonly command?: LspCommand;
}

/** `statusNotification`, from the server: the older form, which some plugins still listen to. */
export interface StatusNotificationParams {
  readonly kind: StatusKind;
  readonly busy: boolean;
  readonly status: StatusKind | "InProgress";
  readonly message: string;
}
