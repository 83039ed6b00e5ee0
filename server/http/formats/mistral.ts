// The shapes of Mistral's fill-in-the-middle, which answers as its chat does. Source: Mistral AI API reference, Fim
// Completion.

import { openaiErrors } from "../response/error-format.ts";
import { type AnswerFacts, type ApiFormat, textOf, usageOf } from "./api.ts";
import { finishOf, mistralFinish } from "./finish.ts";
import { dataEvent, doneEvent, eventStream } from "./framed.ts";

export function mistralFormat(facts: AnswerFacts): ApiFormat {
  const { id, createdMs, model } = facts;
  const envelope = (named = model()) => ({ id, created: Math.floor(createdMs / 1_000), model: named });
  const chunk = (content: string, finish_reason: ReturnType<typeof mistralFinish> | null) => ({
    ...envelope(),
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason }],
  });
  return {
    body(result) {
      const message = { role: "assistant", content: textOf(result), tool_calls: null, prefix: false };
      return {
        ...envelope(result.model),
        object: "chat.completion",
        choices: [{ index: 0, message, finish_reason: mistralFinish(finishOf(result)) }],
        usage: usageOf(facts, [message.content]),
      };
    },
    framing: {
      contentType: eventStream,
      piece: ({ index, text }) => (index === 0 ? dataEvent(chunk(text, null)) : ""),
      end(result) {
        const last = chunk("", mistralFinish(finishOf(result)));
        return dataEvent({ ...last, usage: usageOf(facts, [textOf(result)]) }) + doneEvent;
      },
      failure: (problem) => dataEvent(openaiErrors(problem)),
    },
  };
}
