// The only thing a front may know of what lies below: plain data in, plain data out, one status to watch.

import type { Account } from "../../shared/account.ts";
import type {
  CompletionRequest,
  CompletionResult,
  ItemSink,
  PartialSink,
  PromptPreview,
} from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { DocumentObserver, DocumentText, OpenDocument } from "../../shared/documents.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import type { EditPreview, EditRequest, EditResult } from "../../shared/edits.ts";
import type { ModelInfo, Status, StatusReport } from "../../shared/status.ts";

export type { Account } from "../../shared/account.ts";
export type { SettingProblem } from "../../shared/settings.ts";

/** Who drives us, from `initialize` or a flag; goes into the identity headers. */
export interface ClientIdentity {
  readonly editorName: string;
  readonly editorVersion: string;
  readonly pluginName?: string;
  readonly pluginVersion?: string;
}

/** What rules about files go by. */
export type NamedFile = Pick<OpenDocument, "path" | "file" | "otherNames">;

export interface Core {
  /**
   * Answers one request. Throws a `CopilotError`: `cancelled` (the signal), `superseded` (document requests only),
   * and the codes of the account and of the service. An expected nothing is `{kind: "empty"}`.
   */
  complete(ctx: Ctx, request: CompletionRequest, onPartial?: PartialSink, onItem?: ItemSink): Promise<CompletionResult>;
  /**
   * What should change next in a document because of what was changed last. Throws a `CopilotError`: `cancelled`,
   * `superseded` (open documents only), `limited` (the budget of next edits), and the codes of the account and of the
   * service. An expected nothing is `{kind: "empty"}`.
   */
  nextEdit(ctx: Ctx, request: EditRequest): Promise<EditResult>;
  /** What `nextEdit` would send for this request now. Asks nobody, counts nothing and changes nothing. */
  nextEditPrompt(ctx: Ctx, request: EditRequest): Promise<EditPreview>;
  /** An item, or a next edit, is on screen. Names that are not known are ignored, here and in the next two. */
  shown(itemId: string): void;
  /** An item was taken: whole, or its first units, as many as `acceptedLength` says. */
  accepted(itemId: string, part?: { readonly acceptedLength: number }): void;
  /** Items were turned down. */
  rejected(itemIds: readonly string[]): void;
  /** What `complete` would send for this request now. Asks nobody, counts nothing and changes nothing. */
  prompt(ctx: Ctx, request: CompletionRequest): Promise<PromptPreview>;
  /** To be told what is open, so that other documents and recent edits can help. */
  readonly documents: DocumentObserver;
  readonly account: Account;
  status(): Status;
  /** Called on each change, never twice with the same value. Returns the way to stop. */
  onStatus(listener: (status: Status) => void): () => void;
  /** Called when `report` may say something else of what the plan leaves. Returns the way to stop. */
  onQuotas(listener: () => void): () => void;
  /**
   * Called when 75, 90 and 100 % of what this program uses up of the plan are used, once for each until it is full
   * again, over all processes of the person. One sentence for the person. Returns the way to stop.
   */
  onQuotaWarning(listener: (message: string) => void): () => void;
  /**
   * Why a file must not be sent; undefined: it may be. Waits until that is known. `text`: as the editor has it; absent: as it
   * is on disk. Throws the signal's reason.
   */
  exclusionOf(ctx: Ctx, file: NamedFile, text?: () => DocumentText): Promise<Exclusion | undefined>;
  /** Reads the rules that hold for the files of a folder, so that `report` tells of them. Throws the signal's reason. */
  lookUpRules(ctx: Ctx, folder: string): Promise<void>;
  report(): StatusReport;
  /** The engine that is asked when a request names none; undefined until it is known. */
  model(): string | undefined;
  /** Throws the codes of the account and of the service. */
  models(ctx: Ctx): Promise<readonly ModelInfo[]>;
}
