// GitHub Copilot as the engine's completion service: session tokens, the choice of a model, the request body, and the one
// retry after a session has expired.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import type { ModelInfo } from "../../../shared/status.ts";
import type { CompletionsBody } from "../../../shared/upstream.ts";
import type { CompletionDelta, CompletionService, ServiceAccount, ServiceRequest } from "../../completion/service.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import type { CompletionStream, CopilotApi, SessionToken } from "../types.ts";

/** Where session tokens come from, as `SessionSource` of sign-in. */
interface Sessions {
  get(ctx: Ctx): Promise<SessionToken>;
  peek(): SessionToken | undefined;
  reject(session: SessionToken): void;
  onRenewed(listener: (session: SessionToken) => void): () => void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: Pick<CopilotApi, "fetchModels" | "openCompletions">;
  readonly sessions: Sessions;
  /** A new UUID at each call. */
  readonly newId: () => string;
}

const fallbackModel = "gpt-41-copilot";
// A list that takes longer costs the first completion more than a wrong model would.
const maxListWaitMs = 1_500;

export function createCopilotService({ clock, log, copilot, sessions, newId }: Deps): CompletionService {
  const life = linkAbort();
  let models: readonly ModelInfo[] | undefined;
  let listing: { readonly session: SessionToken; readonly ended: Promise<void> } | undefined;
  let current: { readonly session: SessionToken; readonly number: number } | undefined;

  const fetchList = async (session: SessionToken): Promise<void> => {
    try {
      models = await copilot.fetchModels({ signal: life.signal, log, id: "models" }, session);
    } catch (error) {
      if (!life.signal.aborted) log.info("The list of models could not be read.", { error: String(error) });
      models ??= [];
    }
  };
  /** Asks for the list once for each session token, in the background. */
  const list = (session: SessionToken): Promise<void> => {
    if (!listing?.session.token.equals(session.token)) {
      listing = { session, ended: withTimeLimit(clock, fetchList(session)) };
    }
    return listing.ended;
  };
  const stopListening = sessions.onRenewed((session) => void list(session));

  const accountOf = (session: SessionToken): ServiceAccount => {
    if (!current?.session.token.equals(session.token)) current = { session, number: (current?.number ?? 0) + 1 };
    return { key: `session ${current.number}`, isSpent: session.completionsRemaining === 0 };
  };

  const open = async (ctx: Ctx, request: ServiceRequest): Promise<CompletionStream> => {
    const body = bodyOf(request);
    const requestId = newId();
    const { model, speculative } = request;
    for (let isRenewed = false; ; isRenewed = true) {
      const session = await sessions.get(ctx);
      try {
        return await copilot.openCompletions(ctx, { session, model, body, requestId, speculative });
      } catch (error) {
        // A session token may expire at any moment; the account is not in doubt until a new one is refused too.
        const isRetried = !isRenewed && isStaleSession(error);
        // A token that is refused for its account may carry an old right; the next one will not.
        if (isRetried || errorCodeOf(error) === "not-authorized") sessions.reject(session);
        if (!isRetried) throw error;
      }
    }
  };

  return {
    capabilities: {
      maxStops: 4,
      trimsByIndentation: true,
      layout: "engine",
      countsCompletions() {
        const session = sessions.peek();
        return session?.completionsRemaining !== undefined || /free|limited|quota/i.test(session?.sku ?? "");
      },
    },
    account: async (ctx) => accountOf(await sessions.get(ctx)),
    async chooseModel(ctx, names) {
      const listed = list(await sessions.get(ctx));
      if (!models) await untilAborted(ctx.signal, listed);
      return chosen(models ?? [], names);
    },
    knownModel: (names) => models && chosen(models, names),
    async *complete(ctx, request): AsyncGenerator<CompletionDelta> {
      const { pieces } = await open(ctx, request);
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

function withTimeLimit(clock: Clock, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(maxListWaitMs, resolve);
    void work.then(() => {
      timer.cancel();
      resolve();
    });
  });
}

function isStaleSession(error: unknown): boolean {
  return error instanceof CopilotError && error.code === "signed-out" && error.httpStatus === 401;
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
