// The answers of the service itself: a session, the governor's leave, one request, and the stream folded into text.

import type { Ctx } from "../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../shared/errors.ts";
import type { CompletionsBody } from "../../shared/upstream.ts";
import type { SessionSource } from "../auth/types.ts";
import type { CompletionStream, CopilotApi, SessionToken } from "../upstream/types.ts";
import { fold } from "./collect-choices.ts";
import type { Governor } from "../governor/governor.ts";
import type { ModelChoice } from "./model-choice.ts";
import type { AnswerSource, Question } from "./query.ts";

interface Deps {
  readonly copilot: CopilotApi;
  readonly sessions: SessionSource;
  readonly governor: Governor;
  readonly models: ModelChoice;
  readonly newId: () => string;
}

export function createUpstreamAnswers({ copilot, sessions, governor, models, newId }: Deps): AnswerSource {
  return async (ctx, question, progress) => {
    // Nearly always all three are there, and a wait for what is there is a turn of its own.
    const found = sessions.get(ctx);
    const session = found instanceof Promise ? await found : found;
    const chosen = question.model ?? models.choose(ctx, session);
    const model = typeof chosen === "string" ? chosen : await chosen;
    const leave = governor.admit(ctx, question.trigger, session);
    if (leave) await leave;
    const stream = await open(ctx, question, model, session);
    // Waited for here: a promise that is handed on takes two turns more.
    return await fold(ctx, stream.pieces, question, model, progress);
  };

  async function open(ctx: Ctx, question: Question, model: string, first: SessionToken): Promise<CompletionStream> {
    const body = bodyOf(question);
    const requestId = newId();
    const speculative = question.isAhead;
    let session = first;
    for (let isRenewed = false; ; isRenewed = true) {
      if (isRenewed) session = await sessions.get(ctx);
      try {
        const stream = await copilot.openCompletions(ctx, { session, model, body, requestId, speculative });
        governor.succeeded();
        return stream;
      } catch (error) {
        // A session token may run out at any moment; the account is not in doubt until a fresh one is refused too.
        if (isRenewed || !isStaleSession(error)) throw noted(error, session);
        sessions.reject(session);
      }
    }
  }

  function noted(error: unknown, session: SessionToken): unknown {
    // A token that is refused for its account may carry an old right; the next one will not.
    if (errorCodeOf(error) === "not-authorized") sessions.reject(session);
    governor.failed(error, session);
    return error;
  }
}

function isStaleSession(error: unknown): boolean {
  return error instanceof CopilotError && error.code === "signed-out" && error.httpStatus === 401;
}

/** The body that a question is asked with. What is undefined in it is not sent: JSON has no such value. */
export function bodyOf(question: Question): CompletionsBody {
  const { languageId, asked: plan } = question;
  const prompt = question.prompt();
  return {
    prompt: prompt.text,
    suffix: prompt.suffix,
    max_tokens: plan.maxTokens,
    temperature: plan.temperature,
    top_p: plan.topP,
    n: plan.n,
    stop: plan.stop,
    stream: true,
    nwo: prompt.repository,
    extra: {
      language: languageId === "" ? undefined : languageId,
      next_indent: prompt.nextIndent,
      trim_by_indentation: plan.trimByIndentation,
      prompt_tokens: prompt.promptTokens,
      suffix_tokens: prompt.suffixTokens,
      context: prompt.context,
    },
    code_annotations: false,
  };
}
