// What the core asks of the engine: one answer to one request.

import type {
  CompletionRequest,
  CompletionResult,
  ItemSink,
  PartialSink,
  PromptPreview,
} from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { DocumentObserver } from "../../shared/documents.ts";
import type { CopilotError } from "../../shared/errors.ts";

export interface Engine {
  /** As `Core.complete`. */
  complete(ctx: Ctx, request: CompletionRequest, onPartial?: PartialSink, onItem?: ItemSink): Promise<CompletionResult>;
  /** As `Core.shown`, `Core.accepted` and `Core.rejected`. */
  shown(itemId: string): void;
  accepted(itemId: string, part?: { readonly acceptedLength: number }): void;
  rejected(itemIds: readonly string[]): void;
  /** As `Core.prompt`. */
  preview(request: CompletionRequest): Promise<PromptPreview>;
  /** As `Core.documents`. */
  readonly documents: DocumentObserver;
  /** Model that the next request would ask, as far as it is known. */
  model(): string | undefined;
  /** Drops all that is remembered, and ends what is under way with `reason`: the account is another one, or none. */
  forget(reason: CopilotError): void;
  /** Ends everything under way with `closing`. Idempotent. */
  close(): Promise<void>;
}
