// The shapes of Ollama's answers: one object, or a line of JSON for each piece. Source: Ollama API documentation,
// Generate a completion.

import type { CompletionResult } from "../../../shared/completion.ts";
import { ollamaErrors } from "../response/error-format.ts";
import { type AnswerFacts, type ApiFormat, estimateTokens, promptTokens, textOf } from "./api.ts";
import { finishOf, ollamaFinish } from "./finish.ts";

const nanosecondsPerMs = 1_000_000;

export function ollamaFormat(facts: AnswerFacts): ApiFormat {
  const { createdMs, elapsedMs, model } = facts;
  const part = (response: string) => ({
    model: model(),
    created_at: new Date(createdMs + elapsedMs()).toISOString(),
    response,
    done: false,
  });
  const last = (result: CompletionResult, response: string) => {
    const spent = Math.round(elapsedMs() * nanosecondsPerMs);
    return {
      ...part(response),
      done: true,
      done_reason: ollamaFinish(finishOf(result)),
      total_duration: spent,
      load_duration: 0,
      prompt_eval_count: promptTokens(facts),
      eval_count: estimateTokens(textOf(result)),
      eval_duration: spent,
    };
  };
  const line = (data: unknown): string => `${JSON.stringify(data)}\n`;
  return {
    body: (result) => last(result, textOf(result)),
    framing: {
      contentType: "application/x-ndjson",
      piece: ({ index, text }) => (index === 0 ? line(part(text)) : ""),
      end: (result) => line(last(result, "")),
      failure: (problem) => line(ollamaErrors(problem)),
    },
  };
}
