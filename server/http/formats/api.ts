// What the answers of all imitated servers are made of: the facts of the request, the text, and estimates of tokens.

import type { CompletionResult, PromptRequest } from "../../../shared/completion.ts";
import type { RequestContext } from "../request/request-context.ts";
import type { AnswerFormat } from "./format.ts";
import { createFramedFormat, type Framing } from "./framed.ts";
import { createWholeFormat } from "./whole.ts";

export interface AnswerFacts {
  /** Of the request, without a prefix. */
  readonly id: string;
  readonly createdMs: number;
  readonly elapsedMs: () => number;
  readonly requests: readonly PromptRequest[];
  /** What is said of the model where the result names none; known by the first text. */
  readonly model: () => string;
}

/** Taken when the request is read: `elapsedMs` counts from here. */
export function answerFacts(
  { ctx, clock }: RequestContext,
  requests: readonly PromptRequest[],
  model: () => string,
): AnswerFacts {
  const startedMs = clock.monotonicMs();
  const elapsedMs = (): number => clock.monotonicMs() - startedMs;
  return { id: ctx.id, createdMs: clock.nowMs(), elapsedMs, requests, model };
}

/** How one server writes an answer, whole and as a stream. */
export interface ApiFormat {
  body(result: CompletionResult): unknown;
  readonly framing: Framing;
}

export function apiAnswerFormat(
  context: RequestContext,
  isStreamed: boolean,
  { body, framing }: ApiFormat,
): AnswerFormat {
  return isStreamed ? createFramedFormat(context, framing) : createWholeFormat(context, body);
}

/** Of the first alternative. */
export function textOf(result: CompletionResult): string {
  return result.kind === "items" ? (result.items[0]?.text ?? "") : "";
}

/**
 * About how many tokens `text` is. The service does not say, and clients only show or add up the figure: source is
 * three to four characters to a token.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3.5);
}

export function promptTokens({ requests }: AnswerFacts): number {
  return requests.reduce((sum, { before, after }) => sum + estimateTokens(before) + estimateTokens(after), 0);
}

/** As OpenAI and Mistral count. */
export function usageOf(facts: AnswerFacts, texts: readonly string[]) {
  const prompt_tokens = promptTokens(facts);
  const completion_tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}
