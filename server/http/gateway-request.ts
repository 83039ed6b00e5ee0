// What the routes that speak other programs' dialects have in common: a prompt that may hold a template, the name of a
// model that we do not have, and a client that says itself where the answer ends.

import type { PromptRequest } from "../../shared/completion.ts";
import { findHole } from "./fim-template.ts";

export interface GatewayQuestion {
  readonly prompt: string;
  readonly suffix: string | undefined;
  readonly model: string | undefined;
  readonly n: number | undefined;
  readonly stop: readonly string[] | undefined;
  readonly maxTokens: number | undefined;
  readonly temperature: number | undefined;
  readonly topP: number | undefined;
}

/** Most tokens that one answer is ever asked for; clients that name more get this many. */
const maxTokensCap = 4096;

export function toPromptRequest(question: GatewayQuestion): PromptRequest {
  const { prompt, suffix, model, n, stop, maxTokens, temperature, topP } = question;
  const hole = suffix ? undefined : findHole(prompt);
  return {
    kind: "prompt",
    trigger: "script",
    before: hole?.before ?? prompt,
    after: hole?.after ?? suffix ?? "",
    languageId: "plaintext",
    lines: "block",
    n,
    stop,
    maxTokens: maxTokens === undefined ? undefined : Math.min(maxTokens, maxTokensCap),
    temperature,
    topP,
    model: ownEngine(model),
  };
}

// Clients are configured with the names of other services' models; those of ours say whose they are.
function ownEngine(model: string | undefined): string | undefined {
  return model?.includes("copilot") ? model : undefined;
}

/**
 * About how many tokens `text` is. The service does not say, and clients only show or add up the figure: source is
 * three to four characters to a token.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3.5);
}
