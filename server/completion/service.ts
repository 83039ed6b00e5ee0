// What the engine asks of a completion service. It knows no wire format, no session and no account: those belong to the
// service's own folder under `server/upstream/`.

import type { Ctx } from "../../shared/context.ts";

/** A piece of another file, or of this one, shown to the model beside the text at the cursor. */
export interface ServiceFile {
  /** `/` between parts; undefined where nobody said. */
  readonly path: string | undefined;
  readonly text: string;
}

/** One request, as any service can be asked it. Line ends are `\n`. */
export interface ServiceRequest {
  /** As `chooseModel` answered. */
  readonly model: string;
  readonly prompt: string;
  readonly suffix: string;
  readonly promptTokens: number;
  readonly suffixTokens: number;
  /** Text from other places, sent beside the prompt; undefined where it is part of the prompt. */
  readonly context: readonly string[] | undefined;
  /** The document that it is about, opaque; undefined for a bare prompt. */
  readonly documentId: string | undefined;
  /** Of the document, relative to its workspace folder; only where the service lays the prompt out itself. */
  readonly path: string | undefined;
  /** Absolute path of the document; only where the service keeps documents itself. */
  readonly file: string | undefined;
  /** A comment line that names the document or its language, with its line break; may be empty, and so the next one. */
  readonly heading: string;
  /** White space between the start of the cursor's line and the cursor, where there is nothing else and the answer begins before it. */
  readonly indentation: string;
  /** Most telling last; empty unless the service lays the prompt out itself. */
  readonly files: readonly ServiceFile[];
  /** `prompt` begins at the start of the document. */
  readonly startsDocument: boolean;
  /** LSP language identifier; empty when nobody said. */
  readonly languageId: string;
  /** `owner/name` of the repository on GitHub. */
  readonly repository: string | undefined;
  /** Leading white space of the next line below that has text, in characters. */
  readonly nextIndent: number;
  readonly n: number;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  /** No more than `ServiceCapabilities.maxStops`. */
  readonly stop: readonly string[];
  /** The service ends a block by its indentation. Only where it `trimsByIndentation`. */
  readonly trimByIndentation: boolean;
  /** Asked before anybody waits for the answer. */
  readonly speculative: boolean;
}

/** A piece of one alternative. */
export interface CompletionDelta {
  readonly index: number;
  readonly text: string;
  /** `stop`, `length`, `content_filter`; null while it goes on. */
  readonly finishReason: string | null;
}

export interface ServiceCapabilities {
  readonly maxStops: number;
  readonly trimsByIndentation: boolean;
  /**
   * `engine`: the prompt comes as it is to be sent. `service`: it is the text before the cursor alone, context comes as
   * `files`, and neither is cut to the model's context. `document`: `prompt`, `indentation` and `suffix` together are the
   * text of the document as it is, and nothing else comes.
   */
  readonly layout: "engine" | "service" | "document";
  /** Shortest silence of a stream that makes a waiter ask for itself; undefined: by what was measured alone. */
  readonly minStallMs?: number;
  /** Whether each completion counts against a quota, as far as is known now. */
  readonly countsCompletions: () => boolean;
  /** Once it hears of suggestions it asks for what may follow by itself, before that is wanted. */
  readonly prefetches?: true;
}

/** Whom the service's limits apply to. */
export interface ServiceAccount {
  /** Opaque; another one when the account's rights may have changed. */
  readonly key: string;
  /** The service has said that nothing is left of a quota. */
  readonly isSpent: boolean;
}

/** The service itself keeps this document back, by rules that it knows: `message` says whose, to a person. */
export class ExcludedByServiceError extends Error {
  override readonly name = "ExcludedByServiceError";
}

/** What became of a suggestion of a document. */
export interface SuggestionEvent {
  readonly kind: "shown" | "accepted";
  /** UTF-16 units of `text` that were accepted; undefined: all of it. */
  readonly acceptedLength?: number | undefined;
  readonly documentId: string;
  /** As it was offered, from the cursor on; a part of an answer, or the rest of one. */
  readonly text: string;
  /** The person's settings allow requests that nobody waits for yet, which a service may make when it hears of this. */
  readonly mayPrefetch: boolean;
}

export interface CompletionService {
  readonly capabilities: ServiceCapabilities;
  /** Waits until the service can be asked. Throws what stands in the way: `signed-out`, `not-authorized`, `limited`, … */
  account(ctx: Ctx): Promise<ServiceAccount>;
  /**
   * The first of `names` that the service lists as a completion model, else the account's default. Throws as `account`
   * does, never because the list cannot be had.
   */
  chooseModel(ctx: Ctx, names: readonly string[]): Promise<string>;
  /** As `chooseModel`, by what is known already; undefined until a list has come or was given up on. */
  knownModel(names: readonly string[]): string | undefined;
  /**
   * The answer as it arrives. Leaving the loop stops the request. Throws `ctx.signal.reason`, the codes of the account and
   * of the network, and `ExcludedByServiceError`.
   */
  complete(ctx: Ctx, request: ServiceRequest): AsyncIterable<CompletionDelta>;
  /** The body that `complete` would send, for a person to read. */
  preview(request: ServiceRequest): unknown;
  /** Only where the service wants to hear of it. */
  hear?(event: SuggestionEvent): void;
  /** Documents that it was told of and has not been told to forget. Only where the service keeps documents itself. */
  kept?(): readonly string[];
  /** A document was closed in its editor, or may not be sent any more. Only where the service keeps documents itself. */
  forget?(documentId: string): void;
  /** Idempotent. */
  close(): void;
}
