// Which engine is asked: the one that was named, else the first completion model that the account lists. The list is
// asked for in the background, once for each session token.

import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { ModelInfo } from "../../shared/status.ts";
import type { SessionSource } from "../auth/types.ts";
import { linkAbort, untilAborted } from "../runtime/cancel.ts";
import type { CopilotApi, SessionToken } from "../upstream/types.ts";

export interface ModelChoice {
  /** Waits for the first list for a moment, no longer, and for no later one. Rejects only with the signal's reason. */
  choose(ctx: Ctx, session: SessionToken): string | Promise<string>;
  /** The account's engine; undefined until a list has come or was given up on. */
  known(): string | undefined;
  close(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: CopilotApi;
  readonly sessions: SessionSource;
}

const fallbackModel = "gpt-41-copilot";
// A list that takes longer costs the first completion more than a wrong engine would.
const patienceMs = 1_500;

export function createModelChoice({ clock, log, copilot, sessions }: Deps): ModelChoice {
  const life = linkAbort();
  let model: string | undefined;
  let latest: { readonly session: SessionToken; readonly listed: Promise<void> } | undefined;

  const list = async (session: SessionToken): Promise<void> => {
    try {
      const models = await copilot.fetchModels({ signal: life.signal, log, id: "models" }, session);
      model = firstOf(models) ?? model ?? fallbackModel;
    } catch (error) {
      if (!life.signal.aborted) log.info("The list of models could not be read.", { error: String(error) });
      model ??= fallbackModel;
    }
  };
  const learn = (session: SessionToken): Promise<void> => {
    if (!latest?.session.token.equals(session.token)) latest = { session, listed: patiently(clock, list(session)) };
    return latest.listed;
  };
  const stopListening = sessions.onRenewed((session) => void learn(session));

  return {
    choose(ctx, session) {
      const listed = learn(session);
      return model ?? untilAborted(ctx.signal, listed).then(() => model ?? fallbackModel);
    },
    known: () => model,
    close() {
      stopListening();
      life.abort(new Error("The engine was closed."));
    },
  };
}

function patiently(clock: Clock, listed: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.after(patienceMs, resolve);
    void listed.then(() => {
      timer.cancel();
      resolve();
    });
  });
}

function firstOf(models: readonly ModelInfo[]): string | undefined {
  return models.find(({ kind, preview }) => kind === "completion" && !preview)?.id;
}
