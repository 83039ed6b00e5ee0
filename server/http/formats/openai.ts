// The shapes of OpenAI's legacy completions: the whole `text_completion` and its chunks. Source: OpenAI API reference,
// Completions.

import type { CompletionResult, PromptRequest } from "../../../shared/completion.ts";
import type { CompleteChoice } from "../../../shared/http.ts";
import { numberOf } from "../response/alternatives.ts";
import { openaiDialect } from "../response/error-format.ts";
import { estimateTokens } from "../request/gateway-request.ts";
import type { Problem } from "../response/problem.ts";
import { finishOf, openaiFinish } from "./finish.ts";
import { dataEvent, type Framing, writtenEvent } from "./framed.ts";

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
    const texts: string[] = [];
    for (const [place, item] of result.items.entries()) {
      const number = numberOf(item, place);
      while (texts.length < number) texts.push("");
      texts[number] = item.text;
    }
    return texts;
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

/** What all chunks of an answer have in common is written once. */
export class OpenaiFraming implements Framing {
  readonly contentType = "text/event-stream; charset=utf-8";
  readonly #answer: OpenaiAnswer;
  readonly #head: string;
  readonly #tail: string;

  constructor(answer: OpenaiAnswer) {
    this.#answer = answer;
    this.#head = headOf(answer, answer.model);
    // A stream that carries usage has the field in every chunk, null in all but the last.
    this.#tail = answer.includeUsage ? ',"usage":null}' : "}";
  }

  piece({ index, text }: CompleteChoice): string {
    return this.#chunk(this.#head, choice(index, text, null));
  }

  end(result: CompletionResult): string {
    const answer = this.#answer;
    const { model = answer.model } = result;
    const head = model === answer.model ? this.#head : headOf(answer, model);
    const texts = textsOf(result, answer);
    let chunks = "";
    for (let index = 0; index < texts.length; index += 1) {
      chunks += this.#chunk(head, choice(index, "", openaiFinish(finishOf(result, index))));
    }
    if (answer.includeUsage)
      chunks += writtenEvent(`${head},"choices":[],"usage":${JSON.stringify(usageOf(texts, answer))}}`);
    return chunks + writtenEvent("[DONE]");
  }

  failure(problem: Problem): string {
    return dataEvent(openaiDialect(problem));
  }

  #chunk(head: string, only: Choice): string {
    return writtenEvent(`${head},"choices":[${JSON.stringify(only)}]${this.#tail}`);
  }
}

function headOf(answer: OpenaiAnswer, model: string): string {
  return JSON.stringify(envelope(answer, model)).slice(0, -1);
}
