// What the engine asks of a service that predicts edits. It knows no wire format, no session and no account: those belong
// to the service's own folder under `server/upstream/`.

import type { Ctx } from "../../shared/context.ts";

/** Whom the service's limits apply to. */
export interface EditAccount {
  /** Opaque; another one when the account's rights may have changed. */
  readonly key: string;
  /** The service has said that nothing is left of a quota. */
  readonly isSpent: boolean;
  /** Whether each request may count against a quota. */
  readonly isCounted: boolean;
}

/** One entry of the service's list. */
export interface EditModel {
  readonly name: string;
  /** `edit`: predicts a changed text; `jump`: predicts a line. */
  readonly kind: "edit" | "jump";
  /** How its prompt is laid out; empty where the service does not say. */
  readonly strategy: string;
}

export interface ChatMessage {
  readonly role: "system" | "user";
  readonly content: string;
}

/** One request. Line ends are `\n`. */
export interface EditServiceRequest {
  readonly model: string;
  /** For a model that gets text and no messages, one message that is sent as it is. */
  readonly messages: readonly ChatMessage[];
  readonly temperature: number;
  /** What the answer would be if nothing changed; absent for an answer that repeats nothing. */
  readonly prediction?: string | undefined;
  readonly maxTokens?: number | undefined;
  /** Words that end the answer; only with a raw prompt. */
  readonly stop?: readonly string[] | undefined;
}

/** A piece of the answer. */
export interface EditDelta {
  readonly text: string;
  /** `stop`, `length`, `content_filter`; null while it goes on. */
  readonly finishReason: string | null;
}

export interface EditService {
  /** Waits until the service can be asked. Throws what stands in the way: `signed-out`, `not-authorized`, `limited`, … */
  account(ctx: Ctx): Promise<EditAccount>;
  /** What the account may ask, the service's favourite first. Never empty. Throws as `account` does, never because no list came. */
  models(ctx: Ctx): Promise<readonly EditModel[]>;
  /** As `models`, by what is known already. */
  knownModels(): readonly EditModel[];
  /**
   * The answer as it arrives. Leaving the loop stops the request. Throws `ctx.signal.reason` and the codes of the account
   * and of the network; `upstream-rejected` with status 404 for a model that the service does not have.
   */
  ask(ctx: Ctx, request: EditServiceRequest): AsyncIterable<EditDelta>;
  /** The body that `ask` would send, for a person to read. */
  preview(request: EditServiceRequest): unknown;
  /** Idempotent. */
  close(): void;
}
