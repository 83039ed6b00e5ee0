// Answers from what is remembered: the suggestion that is on screen first, then the cache. Asks `next` where it cannot,
// and for more alternatives than it knows.

import type { Ctx } from "../../../shared/context.ts";
import type { Choice, Answer, AnswerSource, Progress, CompletionQuery, ChoiceText } from "../query.ts";
import type { AnswerCache, Remembered } from "./answer-cache.ts";
import type { ShownSuggestions } from "./shown-suggestions.ts";

interface Deps {
  readonly suggestions: ShownSuggestions;
  readonly cache: AnswerCache;
  /** A key was pressed; `agreed`: as the suggestion on screen said, undefined where it says nothing. */
  readonly onKey: (query: CompletionQuery, agreed: boolean | undefined) => void;
}

export function withCache({ suggestions, cache, onKey }: Deps, next: AnswerSource): AnswerSource {
  const recall = (query: CompletionQuery): Remembered | undefined => {
    if (!query.isRepeatable) return undefined;
    const through = suggestions.through(query);
    if (through)
      return {
        model: through.model,
        texts: through.texts,
        source: "typed-through",
        finish: undefined,
      };
    const known = cache.find(query.position, query.plan);
    // Who asks by hand does not take "nothing" for an answer.
    return known?.texts.length === 0 && query.trigger === "invoked" ? undefined : known;
  };

  const tell = async (remembered: Remembered, progress: Progress | undefined): Promise<Answer> => {
    const { model, source, finish, texts } = remembered;
    const answer: Answer = { model, source, choices: choicesOf(texts), finish };
    for (const { index, text } of answer.choices) await progress?.(index, text, "whole");
    return answer;
  };

  /** Alternatives are numbered anew, so they are not told while they grow. */
  const askForMore = async (shown: Remembered, ctx: Ctx, query: CompletionQuery): Promise<Answer> => {
    const answer = await next(ctx, query, undefined);
    const distinct = new Map<string, ChoiceText>();
    for (const words of [...shown.texts, ...answer.choices]) {
      if (!distinct.has(words.text)) distinct.set(words.text, words);
    }
    return { ...answer, choices: choicesOf([...distinct.values()]) };
  };

  return (ctx, query, progress) => {
    const { trigger, documentId, speculative } = query;
    if (trigger === "typed" && documentId !== undefined && !speculative) onKey(query, suggestions.agrees(query));
    const remembered = recall(query);
    if (remembered) return tell(remembered, progress);
    const shown = query.plan.n > 1 && !progress ? recall({ ...query, plan: { ...query.plan, n: 1 } }) : undefined;
    return shown ? askForMore(shown, ctx, query) : next(ctx, query, progress);
  };
}

function choicesOf(texts: readonly ChoiceText[]): readonly Choice[] {
  return texts.map((words, index) => ({ ...words, index }));
}
