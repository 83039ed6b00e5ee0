// GitHub Copilot as the engine's completion service: the account, the choice of a model, and the request body.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import type { ModelInfo } from "../../../shared/status.ts";
import type { CompletionsBody } from "../../../shared/upstream.ts";
import type { CompletionDelta, CompletionService, ServiceAccount, ServiceRequest } from "../../completion/service.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import type { CopilotApi, SessionToken } from "../types.ts";
import { countingOf } from "./plan.ts";
import { callWithSession, oncePerSession, type Sessions } from "./session-calls.ts";

interface FollowedSessions extends Sessions {
  peek(): SessionToken | undefined;
  onRenewed(listener: (session: SessionToken) => void): () => void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: Pick<CopilotApi, "fetchModels" | "openCompletions">;
  readonly sessions: FollowedSessions;
  /** A new UUID at each call. */
  readonly newId: () => string;
}

const fallbackModel = "gpt-41-copilot";

export interface CopilotService extends CompletionService {
  /** What the account may ask now; the model is known then. Throws the codes of the account and of the service. */
  models(ctx: Ctx): Promise<readonly ModelInfo[]>;
}

export function createCopilotService({ clock, log, copilot, sessions, newId }: Deps): CopilotService {
  const life = linkAbort();
  let models: readonly ModelInfo[] | undefined;
  let current: { readonly session: SessionToken; readonly number: number } | undefined;

  const list = oncePerSession(clock, async (session) => {
    try {
      models = await copilot.fetchModels({ signal: life.signal, log, id: "models" }, session);
    } catch (error) {
      if (!life.signal.aborted) log.info("The list of models could not be read.", { error: String(error) });
      models ??= [];
    }
  });
  const stopListening = sessions.onRenewed((session) => void list(session));

  const accountOf = (session: SessionToken): ServiceAccount => {
    if (!current?.session.token.equals(session.token)) current = { session, number: (current?.number ?? 0) + 1 };
    return { key: `session ${current.number}`, isSpent: session.completionsRemaining === 0 };
  };

  return {
    capabilities: {
      maxStops: 4,
      trimsByIndentation: true,
      layout: "engine",
      // For prefetching, which sends what nobody asked for.
      countsCompletions: () => countingOf(sessions.peek()) !== "not-counted",
    },
    account: async (ctx) => accountOf(await sessions.get(ctx)),
    async chooseModel(ctx, names) {
      const listed = list(await sessions.get(ctx));
      if (!models) await untilAborted(ctx.signal, listed);
      return chosen(models ?? [], names);
    },
    async models(ctx) {
      models = await copilot.fetchModels(ctx, await sessions.get(ctx));
      return models;
    },
    knownModel: (names) => models && chosen(models, names),
    async *complete(ctx, request): AsyncGenerator<CompletionDelta> {
      const body = bodyOf(request);
      const requestId = newId();
      const { model, speculative } = request;
      const { pieces } = await callWithSession(sessions, ctx, (session) =>
        copilot.openCompletions(ctx, { session, model, body, requestId, speculative }),
      );
      for await (const together of pieces) yield* together;
    },
    preview: bodyOf,
    close() {
      stopListening();
      life.abort(new Error("The service was closed."));
    },
  };
}

function chosen(models: readonly ModelInfo[], names: readonly string[]): string {
  const completionModels = models.filter(({ kind }) => kind === "completion");
  return (
    names.find((name) => completionModels.some(({ id }) => id === name)) ??
    completionModels.find(({ preview }) => !preview)?.id ??
    fallbackModel
  );
}

/** What is undefined in it is not sent: JSON has no such value. */
function bodyOf(request: ServiceRequest): CompletionsBody {
  const { languageId } = request;
  return {
    prompt: request.prompt,
    suffix: request.suffix,
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    n: request.n,
    stop: request.stop,
    stream: true,
    nwo: request.repository,
    extra: {
      language: languageId === "" ? undefined : languageId,
      next_indent: request.nextIndent,
      trim_by_indentation: request.trimByIndentation,
      prompt_tokens: request.promptTokens,
      suffix_tokens: request.suffixTokens,
      context: request.context,
    },
    code_annotations: false,
  };
}
