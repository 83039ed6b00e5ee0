// The shapes of OpenAI's legacy completions: the whole `text_completion` and its chunks. Source: OpenAI API reference,
// Completions.

import type { CompletionResult, PromptRequest } from "../../../shared/completion.ts";
import { byIndex } from "../alternatives.ts";
import { openaiDialect } from "../dialect.ts";
import { estimateTokens } from "../gateway-request.ts";
import { finishOf, openaiFinish } from "./finish.ts";
import { dataEvent, type Framing } from "./framed.ts";

export interface OpenaiAnswer {
  /** Of the request, without a prefix. */
  readonly id: string;
  readonly createdMs: number;
  readonly requests: readonly PromptRequest[];
  /** What is said of the model when the result names none. */
  readonly model: string;
  readonly includeUsage: boolean;
}

interface Choice {
  readonly text: string;
  readonly index: number;
  readonly logprobs: null;
  readonly finish_reason: ReturnType<typeof openaiFinish> | null;
}

const choice = (index: number, text: string, finish_reason: Choice["finish_reason"]): Choice => ({
  text,
  index,
  logprobs: null,
  finish_reason,
});

function textsOf(result: CompletionResult, answer: OpenaiAnswer): readonly string[] {
  if (result.kind === "items") {
    const items = byIndex(result.items);
    return Array.from({ length: Math.max(...items.keys()) + 1 }, (_, index) => items.get(index)?.text ?? "");
  }
  // Clients read the first choice without looking whether there is one.
  return answer.requests.map(() => "");
}

function usageOf(texts: readonly string[], { requests }: OpenaiAnswer) {
  const count = (all: readonly string[]): number => all.reduce((sum, text) => sum + estimateTokens(text), 0);
  const prompt_tokens = count(requests.flatMap(({ before, after }) => [before, after]));
  const completion_tokens = count(texts);
  return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
}

function envelope({ id, createdMs }: OpenaiAnswer, model: string) {
  return { id: `cmpl-${id}`, object: "text_completion", created: Math.floor(createdMs / 1000), model };
}

export function openaiBody(result: CompletionResult, answer: OpenaiAnswer) {
  const texts = textsOf(result, answer);
  return {
    ...envelope(answer, result.model ?? answer.model),
    choices: texts.map((text, index) => choice(index, text, openaiFinish(finishOf(result, index)))),
    usage: usageOf(texts, answer),
  };
}

export function openaiFraming(answer: OpenaiAnswer): Framing {
  // A stream that carries usage has the field in every chunk, null in all but the last.
  const usage = answer.includeUsage ? { usage: null } : {};
  return {
    contentType: "text/event-stream; charset=utf-8",
    piece: ({ index, text }) =>
      dataEvent({ ...envelope(answer, answer.model), choices: [choice(index, text, null)], ...usage }),
    end(result) {
      const head = envelope(answer, result.model ?? answer.model);
      const texts = textsOf(result, answer);
      const ends = texts.map((_, index) =>
        dataEvent({ ...head, choices: [choice(index, "", openaiFinish(finishOf(result, index)))], ...usage }),
      );
      const sum = answer.includeUsage ? [dataEvent({ ...head, choices: [], usage: usageOf(texts, answer) })] : [];
      return [...ends, ...sum, "data: [DONE]\n\n"].join("");
    },
    failure: (problem) => dataEvent(openaiDialect(problem)),
  };
}
