// What a service of another kind than Copilot has to offer to `model-service.ts`: one file for each implements it.

import type { Ctx } from "../../../shared/context.ts";
import type { ModelFamily } from "../../../shared/model-families.ts";
import type { ModelInfo } from "../../../shared/status.ts";
import type { CompletionDelta, ServiceRequest } from "../../completion/service.ts";
import type { PromptPieces } from "./prompt-layout.ts";
import type { OtherKind } from "./settings.ts";

/** The model that a service is asked, as far as the service says it. */
export interface ServedModel {
  readonly id: string;
  /** Words that we write; `server`: the service puts the text before and after the cursor together itself. */
  readonly template: ModelFamily | "server";
  /** Undefined where the service does not say. */
  readonly contextTokens: number | undefined;
  /** How many alternatives one request can bring. */
  readonly alternatives: number;
  readonly models: readonly ModelInfo[];
}

export interface WireDelta extends CompletionDelta {
  /** All tokens of the prompt, as the service counted them. */
  readonly promptTokens?: number;
}

/** One question, laid out. */
export interface WireRequest {
  readonly model: ServedModel;
  /** With the family's words in it; undefined where the service puts the pieces together. */
  readonly prompt: string | undefined;
  readonly pieces: PromptPieces;
  readonly request: Pick<
    ServiceRequest,
    "languageId" | "path" | "indentation" | "maxTokens" | "temperature" | "topP" | "speculative"
  >;
  readonly n: number;
  readonly stop: readonly string[];
}

export interface Wire {
  readonly kind: OtherKind;
  readonly maxStops: number;
  /** Most tokens of a prompt where the service does not say; some cut it without a word. */
  readonly usualContextTokens: number;
  /** Characters that text and context may have together; undefined: by tokens. */
  readonly maxChars?: number;
  /** Each request costs money or counts against a quota. */
  readonly isPaid: boolean;
  /** Which model answers and what it can. Throws `bad-request` where none can fill a hole, or its family is not known. */
  lookUp(ctx: Ctx): Promise<ServedModel>;
  /** All models of the service, whatever they can. Absent: nobody needs them. Throws the codes of the network. */
  listNames?(ctx: Ctx): Promise<readonly string[]>;
  complete(ctx: Ctx, request: WireRequest): AsyncIterable<WireDelta>;
  /** The body that `complete` would send. */
  body(request: WireRequest): Readonly<Record<string, unknown>>;
}

/** What is said of a model of which the service says no more than its name. */
export function completionModel(id: string, vendor: string): ModelInfo {
  return { id, name: id, vendor, kind: "completion", preview: false };
}
