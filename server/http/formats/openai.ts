// The shapes of OpenAI's legacy completions: the whole `text_completion` and its chunks. Source: OpenAI API reference,
// Completions.

import type { CompletionResult } from "../../../shared/completion.ts";
import { numberOf } from "../response/alternatives.ts";
import { openaiErrors } from "../response/error-format.ts";
import { type AnswerFacts, type ApiFormat, usageOf } from "./api.ts";
import { finishOf, openaiFinish } from "./finish.ts";
import { dataEvent, doneEvent, eventStream } from "./framed.ts";

/** By the number of the choice. Clients read the first without looking whether there is one. */
function textsOf(result: CompletionResult, { requests }: AnswerFacts): readonly string[] {
  const found = result.kind === "items" ? result.items : [];
  const texts = new Map(found.map((item, place) => [numberOf(item, place), item.text]));
  const count = found.length === 0 ? requests.length : Math.max(...texts.keys()) + 1;
  return Array.from({ length: count }, (_, number) => texts.get(number) ?? "");
}

export function openaiFormat(facts: AnswerFacts, includeUsage: boolean): ApiFormat {
  const envelope = (model = facts.model()) => ({
    id: `cmpl-${facts.id}`,
    object: "text_completion",
    created: Math.floor(facts.createdMs / 1000),
    model,
  });
  const choice = (index: number, text: string, finish_reason: ReturnType<typeof openaiFinish> | null) => ({
    text,
    index,
    logprobs: null,
    finish_reason,
  });
  // A stream that carries usage has the field in every chunk, null in all but the last.
  const usage = includeUsage ? { usage: null } : {};
  return {
    body(result) {
      const texts = textsOf(result, facts);
      return {
        ...envelope(result.model),
        choices: texts.map((text, index) => choice(index, text, openaiFinish(finishOf(result, index)))),
        usage: usageOf(facts, texts),
      };
    },
    framing: {
      contentType: eventStream,
      piece: ({ index, text }) => dataEvent({ ...envelope(), choices: [choice(index, text, null)], ...usage }),
      end(result) {
        const texts = textsOf(result, facts);
        const base = envelope(result.model);
        const ends = texts.map((_, index) =>
          dataEvent({ ...base, choices: [choice(index, "", openaiFinish(finishOf(result, index)))], ...usage }),
        );
        const totals = includeUsage ? dataEvent({ ...base, choices: [], usage: usageOf(facts, texts) }) : "";
        return ends.join("") + totals + doneEvent;
      },
      failure: (problem) => dataEvent(openaiErrors(problem)),
    },
  };
}
