// One request to the service, and its answer read into hunks while it arrives.

import type { Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { Budget, Governor } from "../governor/governor.ts";
import { createAnswerLines } from "./answer/answer-lines.ts";
import type { Hunk, Intent } from "./answer/hunk.ts";
import type { Question } from "./question.ts";
import type { RuleFacts } from "./rules/rule.ts";
import { check } from "./rules/rules.ts";
import type { EditAccount, EditService } from "./service.ts";
import type { Aggressiveness } from "./prompt/inputs.ts";

export interface AskDeps {
  readonly governor: Governor;
  readonly service: EditService;
  readonly onSecrets: (names: readonly string[]) => void;
}

export interface Asked {
  /** Rules that dropped a hunk, one for each. */
  readonly dropped: readonly string[];
  /** It ended by itself, and had all lines of the window. */
  readonly isWhole: boolean;
}

export interface AskOptions {
  readonly account: EditAccount;
  readonly budget: Budget;
  readonly hasCompletions: boolean;
  /** The place is one that the last changes left behind, and not the cursor's. */
  readonly isElsewhere: boolean;
}

const intentsShown: Readonly<Record<Aggressiveness, readonly Intent[]>> = {
  low: ["high"],
  medium: ["high", "medium"],
  high: ["high", "medium", "low"],
};

/**
 * Calls `onHunk` with each hunk that passes the rules, as soon as it is known. Throws `limited` without asking when the
 * budget is used up, `ctx.signal.reason`, and the codes of the account and of the network.
 */
export function createAsk({ governor, service, onSecrets }: AskDeps) {
  return async (
    ctx: Ctx,
    question: Question,
    { account, budget, hasCompletions, isElsewhere }: AskOptions,
    onHunk: (hunk: Hunk) => void,
  ): Promise<Asked> => {
    const { context, strategy, recent, subject } = question;
    const reader = strategy.format.read(context);
    const lines = createAnswerLines();
    const elsewhere = isElsewhere ? { diagnostics: subject.diagnostics, recent: question.recentInAll } : undefined;
    const { cursor, lines: textLines } = context;
    const facts: RuleFacts = { lines: textLines, cursor, recent, hasCompletions, elsewhere };
    const dropped: string[] = [];
    const take = (hunks: readonly Hunk[]): void => {
      const intent = reader.intent?.() ?? "high";
      for (const hunk of hunks) {
        const checked = intentsShown[subject.aggressiveness].includes(intent)
          ? check(hunk, facts)
          : ({ kind: "dropped", rule: "intent" } as const);
        if (checked.kind === "hunk") onHunk(checked.hunk);
        else dropped.push(checked.rule);
      }
    };

    await governor.admit(ctx, budget, account);
    if (question.secrets.length > 0) onSecrets(question.secrets);
    let finish: string | null = null;
    let lineCount = 0;
    try {
      for await (const { text, finishReason } of service.ask(ctx, question.request)) {
        governor.succeeded();
        finish = finishReason ?? finish;
        for (const line of lines.push(text)) {
          lineCount += 1;
          take(reader.line(line));
        }
      }
      governor.succeeded();
    } catch (error) {
      governor.failed(error, account);
      throw error;
    }
    const isCut = finish === "length" || finish === "content_filter";
    const last = lines.end();
    if (!isCut) take(reader.line(last));
    // An answer that ends early has left the rest out, and does not delete it.
    const isShort = strategy.isWindow && lineCount + 1 < context.windowLines.length / 2;
    const isWhole = !isCut && !isShort;
    take(reader.end(isWhole ? "whole" : "cut"));
    return { dropped, isWhole };
  };
}

/** The service does not have the model. */
export function isUnknownModel(error: unknown): boolean {
  return error instanceof CopilotError && error.httpStatus === 404;
}
