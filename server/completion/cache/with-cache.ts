// Answers from memory where it can: the suggestion that is on screen first, then the cache. Asks on where it cannot, and
// for more alternatives than it knows.

import type { Ctx } from "../../../shared/context.ts";
import type { Choice, Answer, AnswerSource, Progress, Question, Words } from "../query.ts";
import type { AnswerCache, Remembered } from "./answer-cache.ts";
import type { Suggestions } from "./shown-suggestions.ts";

interface Deps {
  readonly suggestions: Suggestions;
  readonly cache: AnswerCache;
  /** A key was pressed; `agreed`: as the suggestion on screen said, undefined where it says nothing. */
  readonly onKey: (question: Question, agreed: boolean | undefined) => void;
}

export function remembering({ suggestions, cache, onKey }: Deps, next: AnswerSource): AnswerSource {
  const recall = (question: Question): Remembered | undefined => {
    if (!question.isRepeatable) return undefined;
    const through = suggestions.through(question);
    if (through)
      return {
        model: through.model,
        texts: through.texts.map((text) => ({ text })),
        source: "typed-through",
        finish: undefined,
      };
    const known = cache.find(question.place, question.plan);
    // Who asks by hand does not take "nothing" for an answer.
    return known?.texts.length === 0 && question.trigger === "invoked" ? undefined : known;
  };

  const tell = async (remembered: Remembered, progress: Progress | undefined): Promise<Answer> => {
    const { model, source, finish, texts } = remembered;
    const answer: Answer = { model, source, choices: choicesOf(texts), finish };
    for (const { index, text } of answer.choices) await progress?.(index, text, "whole");
    return answer;
  };

  /** Alternatives are numbered anew, so they are not told while they grow. */
  const askForMore = async (shown: Remembered, ctx: Ctx, question: Question): Promise<Answer> => {
    const answer = await next(ctx, question, undefined);
    const distinct = new Map<string, Words>();
    for (const words of [...shown.texts, ...answer.choices]) {
      if (!distinct.has(words.text)) distinct.set(words.text, words);
    }
    return { ...answer, choices: choicesOf([...distinct.values()]) };
  };

  return (ctx, question, progress) => {
    const { trigger, documentId, isAhead } = question;
    if (trigger === "typed" && documentId !== undefined && !isAhead) onKey(question, suggestions.agrees(question));
    const remembered = recall(question);
    if (remembered) return tell(remembered, progress);
    const shown =
      question.plan.n > 1 && !progress ? recall({ ...question, plan: { ...question.plan, n: 1 } }) : undefined;
    return shown ? askForMore(shown, ctx, question) : next(ctx, question, progress);
  };
}

function choicesOf(texts: readonly Words[]): readonly Choice[] {
  return texts.map((words, index) => ({ ...words, index }));
}
