// GitHub Copilot as a service that predicts edits: the list of models, and the request body.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import type { ChatCompletionsBody } from "../../../shared/upstream.ts";
import type { EditAccount, EditDelta, EditModel, EditService, EditServiceRequest } from "../../edits/service.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import type { CopilotEditApi, EditModelEntry } from "../types.ts";
import { callWithSession, oncePerSession, type Sessions } from "./session-calls.ts";

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
/** Far above any window. */
const maxAnswerTokens = 8_192;

export function createCopilotEditService(deps: Deps): EditService {
  const { clock, log, copilot, sessions, newId } = deps;
  const life = linkAbort();
  let known: readonly EditModel[] | undefined;

  const list = oncePerSession(clock, async (session) => {
    try {
      const entries = await copilot.fetchEditModels({ signal: life.signal, log, id: "edit-models" }, session);
      const models = entries.flatMap(modelOf);
      if (models.length > 0) known = models;
    } catch (error) {
      if (!life.signal.aborted) log.info("The list of edit models could not be read.", { error: String(error) });
    }
  });

  return {
    account: deps.account,
    async models(ctx) {
      const listed = list(await sessions.get(ctx));
      if (!known) await untilAborted(ctx.signal, listed);
      return known ?? fallbackModels;
    },
    knownModels: () => known ?? fallbackModels,
    async *ask(ctx, request): AsyncGenerator<EditDelta> {
      const body = bodyOf(request);
      const requestId = newId();
      const { maxTokens = maxAnswerTokens } = request;
      const { pieces } = await callWithSession(sessions, ctx, (session) =>
        copilot.openChat(ctx, { session, body, requestId, maxTokens }),
      );
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
