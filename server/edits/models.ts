// Which model is asked: the one that is wanted where the service has it, else the first of its list that it does not refuse.

import { type Asked, isUnknownModel } from "./ask.ts";
import type { EditWords } from "./prompt/recent-edits.ts";
import { candidates, type Question, questionFor, type Subject } from "./question.ts";
import type { EditModel, EditService } from "./service.ts";
import type { EditSettings } from "./settings.ts";

export interface Models {
  /** Chosen from the models that are known now. `wanted`: the name of the preferred one; empty: none is preferred. */
  first(wanted: string): EditModel | undefined;
  /** The question for that model; undefined where it would be too long. */
  questionFor(subject: Subject, wanted: string): Question | undefined;
  /** Puts a question by `ask`, to the next model when the service does not have this one. The question that was put comes back. */
  put(
    question: Question,
    ask: (question: Question) => Promise<Asked>,
  ): Promise<Asked & { readonly question: Question }>;
}

export function createModels(
  { service, words }: { readonly service: EditService; readonly words: EditWords },
  settings: () => EditSettings,
): Models {
  /** Models of the list that the service then did not have. */
  const missing = new Set<string>();

  const first: Models["first"] = (wanted) =>
    candidates(service.knownModels(), wanted).find(({ name }) => !missing.has(name)) ?? candidates([], "")[0];

  const makeQuestion: Models["questionFor"] = (subject, wanted) => {
    const model = first(wanted);
    return model && questionFor(subject, model, words, settings());
  };

  return {
    first,
    questionFor: makeQuestion,
    async put(question, ask) {
      try {
        return { ...(await ask(question)), question };
      } catch (error) {
        if (!isUnknownModel(error) || missing.has(question.model)) throw error;
        missing.add(question.model);
        const next = makeQuestion(question.subject, "");
        if (!next || next.model === question.model) throw error;
        return { ...(await ask(next)), question: next };
      }
    },
  };
}
