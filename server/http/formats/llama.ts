// The shapes of the llama.cpp server's answers, whole and streamed. Figures that only a model of one's own could give
// are estimates. Source: llama.cpp, tools/server/README.md.

import type { CompletionResult } from "../../../shared/completion.ts";
import { llamaErrors } from "../response/error-format.ts";
import { type AnswerFacts, type ApiFormat, estimateTokens, promptTokens, textOf } from "./api.ts";
import { finishOf, llamaFinish } from "./finish.ts";
import { dataEvent, eventStream } from "./framed.ts";

/** What the prompt budget of the engine comes to. */
export const llamaContextTokens = 8_192;

type Body = Readonly<Record<string, unknown>>;

function timingsOf(prompt: number, tokens: number, ms: number): Body {
  // Clients divide by some of these.
  const spentMs = Math.max(1, ms);
  return {
    prompt_n: prompt,
    prompt_ms: 0,
    prompt_per_token_ms: 0,
    prompt_per_second: 0,
    predicted_n: tokens,
    predicted_ms: spentMs,
    predicted_per_token_ms: spentMs / Math.max(1, tokens),
    predicted_per_second: (tokens * 1_000) / spentMs,
  };
}

// Asked for by name, a nested field comes under its whole name.
function selected(body: Body, fields: readonly string[] | undefined): Body {
  if (!fields) return body;
  const valueOf = (field: string): unknown =>
    field.split("/").reduce<unknown>((at, key) => new Map(Object.entries(at ?? {})).get(key), body);
  return Object.fromEntries(
    fields.map((field) => [field, valueOf(field)] as const).filter(([, value]) => value !== undefined),
  );
}

/** `fields`: names of the fields that the client wants, `a/b` for a field of a field; all of them when undefined. */
export function llamaFormat(facts: AnswerFacts, fields: readonly string[] | undefined): ApiFormat {
  const whole = (result: CompletionResult, content: string): Body => {
    const text = textOf(result);
    const prompt = promptTokens(facts);
    const tokens = estimateTokens(text);
    const stops = facts.requests.flatMap(({ stop }) => stop ?? []);
    return {
      index: 0,
      content,
      id_slot: 0,
      stop: true,
      model: result.model ?? facts.model(),
      tokens_predicted: tokens,
      tokens_evaluated: prompt,
      has_new_line: text.includes("\n"),
      // Of a longer prompt the far ends are left out.
      truncated: prompt > llamaContextTokens,
      ...llamaFinish(finishOf(result), stops),
      tokens_cached: 0,
      timings: timingsOf(prompt, tokens, facts.elapsedMs()),
    };
  };
  return {
    body: (result) => selected(whole(result, textOf(result)), fields),
    framing: {
      contentType: eventStream,
      piece: ({ index, text }) => (index === 0 ? dataEvent({ index, content: text, stop: false }) : ""),
      end: (result) => dataEvent(whole(result, "")),
      failure: (problem) => `error: ${JSON.stringify(llamaErrors(problem))}\n\n`,
    },
  };
}
