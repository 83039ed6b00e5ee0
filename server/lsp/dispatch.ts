// Dispatches messages to their handlers: checks the phase of the session, makes one context per request, and turns failures
// into error answers. Every request is answered exactly once.

import { ErrorCodes, ResponseError } from "vscode-languageserver";
import { describeError } from "../../shared/errors.ts";
import type { Ctx, Log } from "../../shared/context.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { printable } from "../runtime/printable.ts";
import { createWarnOnce } from "../runtime/warn-once.ts";
import { toResponseError } from "./errors.ts";
import type { Lifecycle } from "./session/lifecycle.ts";
import type { Handler } from "./types.ts";

export interface Dispatch {
  /** Rejects with a `ResponseError`. */
  request(method: string, params: unknown, cancelled: AbortSignal): Promise<unknown>;
  notification(method: string, params: unknown): void;
}

export function createDispatch(deps: {
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Called before every message but `initialize`, once the session runs. */
  readonly onUse: () => void;
}): Dispatch {
  const { log, lifecycle, handlers } = deps;
  const warnOnce = createWarnOnce(log);
  let calls = 0;
  const nextId = (): string => {
    calls += 1;
    return `lsp-${calls}`;
  };

  const refusal = (method: string): ResponseError | undefined => {
    const phase = lifecycle.phase();
    if (phase === "new") {
      if (method === "initialize") return undefined;
      return new ResponseError(ErrorCodes.ServerNotInitialized, "Server not initialized: send initialize first.");
    }
    if (phase !== "running") return new ResponseError(ErrorCodes.InvalidRequest, "Server shut down.");
    if (method === "initialize") return new ResponseError(ErrorCodes.InvalidRequest, "Server already initialized.");
    return undefined;
  };

  const answer = async (handler: Handler, params: unknown, cancelled: AbortSignal): Promise<unknown> => {
    const work = lifecycle.beginWork();
    const cancel = (): void => work.abort(cancelled.reason);
    cancelled.addEventListener("abort", cancel, { once: true });
    const ctx: Ctx = { signal: work.signal, log, id: nextId() };
    try {
      const outcome = handler(ctx, params);
      // What has its answer already cannot be cancelled any more; `shutdown`, for one, ends all work itself.
      return outcome instanceof Promise ? await untilAborted(ctx.signal, outcome) : outcome;
    } finally {
      work.end();
    }
  };

  return {
    async request(method, params, cancelled) {
      const refused = refusal(method);
      if (refused) throw refused;
      if (method !== "initialize") deps.onUse();
      const handler = handlers.get(method);
      if (!handler) throw new ResponseError(ErrorCodes.MethodNotFound, `Method not found: ${printable(method)}`);
      try {
        return (await answer(handler, params, cancelled)) ?? null;
      } catch (error) {
        throw toResponseError(log, error);
      }
    },
    notification(method, params) {
      // `exit` is heard at any time; anything else belongs between `initialize` and `shutdown`.
      if (method !== "exit" && (lifecycle.phase() !== "running" || method === "initialize")) return;
      if (method !== "exit") deps.onUse();
      const handler = handlers.get(method);
      if (!handler) return log.trace("a notification was ignored", { method });
      void handle(handler, method, params);
    },
  };

  async function handle(handler: Handler, method: string, params: unknown): Promise<void> {
    const work = lifecycle.beginWork();
    try {
      await handler({ signal: work.signal, log, id: nextId() }, params);
    } catch (error) {
      if (!work.signal.aborted) warnOnce(method, "a notification failed", { method, error: describeError(error) });
    } finally {
      work.end();
    }
  }
}
