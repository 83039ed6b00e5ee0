// The shapes of the llama.cpp server's answers, whole and streamed. Figures that only a model of one's own could give
// are estimates. Source: llama.cpp, tools/server/README.md.

import type { CompletionResult, PromptRequest } from "../../../shared/completion.ts";
import { llamaDialect } from "../response/error-format.ts";
import { estimateTokens } from "../request/gateway-request.ts";
import { finishOf, llamaFinish } from "./finish.ts";
import { dataEvent, type Framing } from "./framed.ts";

/** What the prompt budget of the engine comes to. */
export const llamaContextTokens = 8_192;

export interface LlamaAnswer {
  readonly request: PromptRequest;
  readonly model: string;
  /** By the monotonic clock. */
  readonly startedMs: number;
  readonly nowMs: () => number;
  /** Names of the fields that the client wants, `a/b` for a field of a field; all of them when undefined. */
  readonly fields: readonly string[] | undefined;
}

type Body = Readonly<Record<string, unknown>>;

function timingsOf(promptTokens: number, tokens: number, ms: number): Body {
  // Clients divide by some of these.
  const spentMs = Math.max(1, ms);
  return {
    prompt_n: promptTokens,
    prompt_ms: 0,
    prompt_per_token_ms: 0,
    prompt_per_second: 0,
    predicted_n: tokens,
    predicted_ms: spentMs,
    predicted_per_token_ms: spentMs / Math.max(1, tokens),
    predicted_per_second: (tokens * 1_000) / spentMs,
  };
}

function wholeBody(result: CompletionResult, answer: LlamaAnswer, content: string): Body {
  const { request, model, startedMs, nowMs } = answer;
  const text = result.kind === "items" ? (result.items[0]?.text ?? "") : "";
  const promptTokens = estimateTokens(request.before) + estimateTokens(request.after);
  const tokens = estimateTokens(text);
  return {
    index: 0,
    content,
    id_slot: 0,
    stop: true,
    model: result.model ?? model,
    tokens_predicted: tokens,
    tokens_evaluated: promptTokens,
    has_new_line: text.includes("\n"),
    // Of a longer prompt the far ends are left out.
    truncated: promptTokens > llamaContextTokens,
    ...llamaFinish(finishOf(result), request.stop ?? []),
    tokens_cached: 0,
    timings: timingsOf(promptTokens, tokens, nowMs() - startedMs),
  };
}

// Asked for by name, a nested field comes under its whole name.
function selected(body: Body, fields: readonly string[] | undefined): Body {
  if (!fields) return body;
  const flat: Record<string, unknown> = {};
  for (const field of fields) {
    const value = field.split("/").reduce<unknown>((at, key) => new Map(Object.entries(at ?? {})).get(key), body);
    if (value !== undefined) flat[field] = value;
  }
  return flat;
}

export function llamaBody(result: CompletionResult, answer: LlamaAnswer): Body {
  const text = result.kind === "items" ? (result.items[0]?.text ?? "") : "";
  return selected(wholeBody(result, answer, text), answer.fields);
}

export function llamaFraming(answer: LlamaAnswer): Framing {
  return {
    contentType: "text/event-stream; charset=utf-8",
    piece: ({ index, text }) => (index === 0 ? dataEvent({ index, content: text, stop: false }) : ""),
    end: (result) => dataEvent(wholeBody(result, answer, "")),
    failure: (problem) => `error: ${JSON.stringify(llamaDialect(problem))}\n\n`,
  };
}
