// GitHub Copilot as a service that predicts edits: the list of models, the request body, and the one retry after a session
// has expired.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import type { ChatCompletionsBody } from "../../../shared/upstream.ts";
import type { EditAccount, EditDelta, EditModel, EditService, EditServiceRequest } from "../../edits/service.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import type { CompletionStream, CopilotEditApi, EditModelEntry, SessionToken } from "../types.ts";

/** Where session tokens come from, as `SessionSource` of sign-in. */
interface Sessions {
  get(ctx: Ctx): Promise<SessionToken>;
  reject(session: SessionToken): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: CopilotEditApi;
  readonly sessions: Sessions;
  /** Under the key that completions have, so that what stops one stops the other. */
  readonly account: (ctx: Ctx) => Promise<EditAccount>;
  /** A new UUID at each call. */
  readonly newId: () => string;
}

// What the service has for most accounts, where its list cannot be had.
const fallbackModels: readonly EditModel[] = [{ name: "copilot-nes-oct", kind: "edit", strategy: "xtab275" }];
// A list that takes longer costs the first edit more than a wrong model would.
const maxListWaitMs = 1_500;
/** Far above any window. */
const maxAnswerTokens = 8_192;

export function createCopilotEditService(deps: Deps): EditService {
  const { clock, log, copilot, sessions, newId } = deps;
  const life = linkAbort();
  let known: readonly EditModel[] | undefined;
  let listing: { readonly session: SessionToken; readonly ended: Promise<void> } | undefined;

  const fetchList = async (session: SessionToken): Promise<void> => {
    try {
      const entries = await copilot.fetchEditModels({ signal: life.signal, log, id: "edit-models" }, session);
      const models = entries.flatMap(modelOf);
      if (models.length > 0) known = models;
    } catch (error) {
      if (!life.signal.aborted) log.info("The list of edit models could not be read.", { error: String(error) });
    }
  };
  /** Asks for the list once for each session token. */
  const list = (session: SessionToken): Promise<void> => {
    if (!listing?.session.token.equals(session.token)) {
      listing = { session, ended: withTimeLimit(clock, fetchList(session)) };
    }
    return listing.ended;
  };

  const open = async (ctx: Ctx, request: EditServiceRequest): Promise<CompletionStream> => {
    const body = bodyOf(request);
    const requestId = newId();
    for (let isRenewed = false; ; isRenewed = true) {
      const session = await sessions.get(ctx);
      try {
        const maxTokens = request.maxTokens ?? maxAnswerTokens;
        return await copilot.openChat(ctx, { session, body, requestId, maxTokens });
      } catch (error) {
        // A session token may expire at any moment; the account is not in doubt until a new one is refused too.
        const isRetried = !isRenewed && isStaleSession(error);
        if (isRetried || errorCodeOf(error) === "not-authorized") sessions.reject(session);
        if (!isRetried) throw error;
      }
    }
  };

  return {
    account: deps.account,
    async models(ctx) {
      const listed = list(await sessions.get(ctx));
      if (!known) await untilAborted(ctx.signal, listed);
      return known ?? fallbackModels;
    },
    knownModels: () => known ?? fallbackModels,
    async *ask(ctx, request): AsyncGenerator<EditDelta> {
      const { pieces } = await open(ctx, request);
      for await (const together of pieces) yield* together;
    },
    preview: bodyOf,
    close() {
      life.abort(new Error("The service was closed."));
    },
  };
}

function modelOf({ serviceType, name, promptStrategy }: EditModelEntry): readonly EditModel[] {
  if (serviceType === "NESChat") return [{ name, kind: "edit", strategy: promptStrategy }];
  return serviceType === "CursorJumpChat" ? [{ name, kind: "jump", strategy: promptStrategy }] : [];
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
function bodyOf({ messages, model, temperature, prediction, maxTokens }: EditServiceRequest): ChatCompletionsBody {
  return {
    messages,
    model,
    temperature,
    top_p: 1,
    stream: true,
    prediction: prediction === undefined ? undefined : { type: "content", content: prediction },
    max_tokens: maxTokens,
    n: 1,
  };
}
