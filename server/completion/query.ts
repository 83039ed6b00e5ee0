// The pipeline in types: one query with all decisions made, and what answers it. The cache, request sharing and the
// debounce are each an `AnswerSource` around another one.

import type { CompletionSource, EmptyReason, Finish, Trigger } from "../../shared/completion.ts";
import type { Ctx } from "../../shared/context.ts";
import type { DocumentText } from "../../shared/documents.ts";
import type { NamedFile } from "../exclusion/types.ts";
import type { PromptPosition } from "./prompt-position.ts";
import type { Prompt } from "./prompt/build.ts";
import type { ServiceCapabilities } from "./service.ts";
import type { Plan } from "./strategy.ts";

/** A text with the file that it is of. */
export interface JudgedText {
  readonly file: NamedFile;
  readonly text: DocumentText;
}

export interface CompletionQuery {
  readonly trigger: Trigger;
  /** Document that it is about; absent for a bare prompt. */
  readonly documentId: string | undefined;
  readonly languageId: string;
  /** Models to ask if the service has them, most wanted first; else the account's own. */
  readonly models: readonly string[];
  readonly position: PromptPosition;
  /** What the asker is to get. */
  readonly plan: Plan;
  /** What the service is asked for where that is more than `plan`; the rest goes to the cache. */
  readonly prefetch: Plan | undefined;
  /** Another answer to the same query would be no better: it may come from the cache, and be shared. */
  readonly isRepeatable: boolean;
  /** The document is kept from being sent: only services that may have it all the same are asked. */
  readonly isExcluded: boolean;
  /** What it is about, for the rules that keep files from being sent. */
  readonly subject: JudgedText;
  /** Asked before anybody waits for the answer. */
  readonly speculative: boolean;
  /** When it was asked, by the monotonic clock. */
  readonly askedAtMs: number;
  /** Built when the service is to be asked, and not before. */
  prompt(): Prompt;
  /** The same for a service that can do other things. */
  fitted(capabilities: ServiceCapabilities): Pick<CompletionQuery, "plan" | "prefetch" | "prompt">;
}

/** Raw text as the service gave it, line breaks as `\n`, cut where the plan ends it. */
export interface ChoiceText {
  readonly text: string;
  /**
   * Present where the text is the rest of a suggestion, fitted into its document already: what was to stay on the line
   * behind it.
   */
  readonly kept?: string | undefined;
  /** Absent: not known any more. */
  readonly finish?: Finish | undefined;
}

/** One alternative. */
export interface Choice extends ChoiceText {
  readonly index: number;
}

export function choiceTextOf({ text, finish }: Choice): ChoiceText {
  return { text, finish };
}

export interface Answer {
  readonly model: string;
  readonly source: CompletionSource;
  /** By index; an alternative of which nothing came is missing. */
  readonly choices: readonly Choice[];
  /** Why nothing came, when there are no choices. */
  readonly finish?: Finish | undefined;
  /** Why the service was not asked. */
  readonly reason?: EmptyReason;
  /** As of a `CompletionResult`. */
  readonly detail?: string | undefined;
}

/** What a text is of its alternative. `enough`: all that is wanted of it, though more was asked for. `whole`: all of it. */
export type Part = "enough" | "whole";

/**
 * Hears each alternative grow: `text` is its whole text so far, as far as it is sure to be part of the answer. Calls
 * for one index come in order; a promise holds the stream back.
 */
export type Progress = (index: number, text: string, part?: Part) => void | Promise<void>;

/** Rejects with `ctx.signal.reason`, or the codes of the account and of the service. */
export type AnswerSource = (ctx: Ctx, query: CompletionQuery, progress: Progress | undefined) => Promise<Answer>;
