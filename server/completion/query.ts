// The middle of the pipeline, in types: one fully thought-out question, and who answers it. Everything that can stand
// between the two (memory, sharing, asking ahead) is an `AnswerSource` around another one.

import type { CompletionSource, Finish, Trigger } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { Place } from "./prompt-position.ts";
import type { Prompt } from "./prompt/build.ts";
import type { Plan } from "./strategy.ts";

export interface Question {
  readonly trigger: Trigger;
  /** Document that it is about; absent for a bare prompt. */
  readonly documentId: string | undefined;
  readonly languageId: string;
  /** Engine that was asked for by name; absent: the account's own. */
  readonly model: string | undefined;
  readonly place: Place;
  /** What the asker is to get. */
  readonly plan: Plan;
  /** What the service is asked for: the same, or more, which goes to memory. */
  readonly asked: Plan;
  /** Another answer to the same question would be no better: it may come from memory, and be shared. */
  readonly isRepeatable: boolean;
  /** Asked before anybody wants to know. */
  readonly isAhead: boolean;
  /** When it was asked, by the monotonic clock. */
  readonly askedAtMs: number;
  /** Built when the service is to be asked, and not before. */
  prompt(): Prompt;
}

/** Raw text as the service gave it, line breaks as `\n`, cut where the plan ends it. */
export interface Words {
  readonly text: string;
  /** Absent: not known any more. */
  readonly finish?: Finish | undefined;
}

/** One alternative. */
export interface Choice extends Words {
  readonly index: number;
}

export function wordsOf({ text, finish }: Choice): Words {
  return { text, finish };
}

export interface Answer {
  readonly model: string;
  readonly source: CompletionSource;
  /** By index; an alternative of which nothing came is missing. */
  readonly choices: readonly Choice[];
  /** Why nothing came, when there are no choices. */
  readonly finish?: Finish | undefined;
}

/** What a text is of its alternative. `enough`: all that is wanted of it, though more was asked for. `whole`: all of it. */
export type Part = "enough" | "whole";

/**
 * Hears each alternative grow: `text` is its whole text so far, as far as it is sure to be part of the answer. Calls
 * for one index come in order; a promise holds the stream back.
 */
export type Progress = (index: number, text: string, part?: Part) => void | Promise<void>;

/** Rejects with `ctx.signal.reason`, or the codes of the account and of the service. */
export type AnswerSource = (ctx: Ctx, question: Question, progress: Progress | undefined) => Promise<Answer>;
