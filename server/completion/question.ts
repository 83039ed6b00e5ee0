// The middle of the pipeline, in types: one fully thought-out question, and who answers it. Everything that can stand
// between the two (memory, sharing, asking ahead) is an `AnswerSource` around another one.

import type { CompletionSource, Trigger } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { Prompt } from "./prompt/build.ts";
import type { Plan } from "./strategy.ts";

export interface Question {
  readonly trigger: Trigger;
  readonly languageId: string;
  /** Engine that was asked for by name; absent: the account's own. */
  readonly model: string | undefined;
  readonly prompt: Prompt;
  readonly plan: Plan;
}

/** One alternative: raw text as the service gave it, line breaks as `\n`, cut where the plan ends it. */
export interface Choice {
  readonly index: number;
  readonly text: string;
}

interface Answer {
  readonly model: string;
  readonly source: CompletionSource;
  /** By index; an alternative of which nothing came is missing. */
  readonly choices: readonly Choice[];
}

/**
 * Hears each alternative grow: `text` is its whole text so far, as far as it is sure to be part of the answer. Calls
 * for one index come in order; a promise holds the stream back.
 */
export type Progress = (index: number, text: string) => void | Promise<void>;

/** Rejects with `ctx.signal.reason`, or the codes of the account and of the service. */
export type AnswerSource = (ctx: Ctx, question: Question, progress: Progress | undefined) => Promise<Answer>;
