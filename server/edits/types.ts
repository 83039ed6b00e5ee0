// What the core asks of next edits, and what they are handed of the rest of the program.

import type { Ctx } from "../../shared/context.ts";
import type { DocumentObserver, DocumentText, OpenDocument } from "../../shared/documents.ts";
import type { EditPreview, EditRequest, EditResult, NoEditReason } from "../../shared/edits.ts";
import type { CopilotError } from "../../shared/errors.ts";

/** What rules about files go by. */
export type NamedFile = Pick<OpenDocument, "path" | "file" | "otherNames" | "languageId" | "editorLanguageId">;

/** Why a text of a file must not be sent, by what is known now; undefined: it may be. */
export type JudgeFile = (file: NamedFile, text: DocumentText) => KeptBack | undefined;

/** Resolves when it is known which rules hold for a file; undefined: at once. Never rejects. */
export type SettleRules = (file: NamedFile) => Promise<void> | undefined;

export interface KeptBack {
  readonly reason: Extract<NoEditReason, "excluded" | "disabled">;
  /** As in `NoEdit`. */
  readonly detail?: string | undefined;
}

export interface Edits {
  /** As `Core.nextEdit`. */
  next(ctx: Ctx, request: EditRequest): Promise<EditResult>;
  /** As `Core.nextEditPrompt`. */
  preview(ctx: Ctx, request: EditRequest): Promise<EditPreview>;
  /** As `Core.shown`, `Core.accepted` and `Core.rejected`: ids that are not known are ignored. */
  shown(id: string): void;
  accepted(id: string): void;
  rejected(ids: readonly string[]): void;
  /** To be told what is open and what changes. */
  readonly documents: DocumentObserver;
  /** Drops all that is remembered of answers, and ends what is under way with `reason`. */
  forget(reason: CopilotError): void;
  /** Ends everything under way with `closing`. Idempotent. */
  close(): Promise<void>;
}
