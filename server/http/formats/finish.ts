// Why an answer ends where it does, in the words of each dialect. What they have no word for is told as the nearest
// that is not wrong: a client asks again, or shows that something is missing, by these.

import type { CompletionResult, Finish } from "../../../shared/completion.ts";
import { alternative } from "../response/alternatives.ts";

/** Of the alternative `index`; an answer whose end nobody knows any more counts as one that the model ended. */
export function finishOf(result: CompletionResult, index = 0): Finish {
  const finish = result.kind === "items" ? alternative(result.items, index)?.finish : result.finish;
  return finish ?? { kind: "end" };
}

/** OpenAI API reference, Completions: `finish_reason`. */
export function openaiFinish({ kind }: Finish): "stop" | "length" | "content_filter" {
  switch (kind) {
    case "length":
    case "time":
      return "length";
    case "filter":
      return "content_filter";
    case "end":
    case "stop":
    case "shape":
      return "stop";
  }
}

/** Mistral AI API reference, Fim Completion: `finish_reason`, which has no word for a filter. */
export function mistralFinish(finish: Finish): "stop" | "length" | "error" {
  const reason = openaiFinish(finish);
  return reason === "content_filter" ? "error" : reason;
}

/** Ollama API documentation: `done_reason`, which has no word for a filter. */
export function ollamaFinish(finish: Finish): "stop" | "length" {
  return openaiFinish(finish) === "length" ? "length" : "stop";
}

/** llama.cpp, tools/server/README.md: what ended it, and the client's own word if it was one. */
export function llamaFinish(
  finish: Finish,
  stops: readonly string[],
): { readonly stop_type: "eos" | "limit" | "word"; readonly stopping_word: string } {
  if (finish.kind === "stop" && stops.includes(finish.word)) return { stop_type: "word", stopping_word: finish.word };
  return { stop_type: openaiFinish(finish) === "stop" ? "eos" : "limit", stopping_word: "" };
}
