// The process that this program has started itself, for its own window and for those of other processes that share it.

import type { Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Child } from "./child.ts";
import { createQuestions, type Window } from "./questions.ts";
import type { Running } from "./running.ts";

export interface OwnProcess extends Running {
  /** For another process that shares it. */
  openWindow(): Window;
  /** The settings are others. */
  tellSettings(settings: object): void;
  /** Resolves when nothing is under way. */
  whenIdle(): Promise<void>;
}

const pingLimitMs = 5_000;

export function createOwnProcess(log: Log, child: Child): OwnProcess {
  const { processId, version, startedInMs } = child;
  const forever = new AbortController().signal;
  let pending = 0;
  const waiters: (() => void)[] = [];
  let isSuspected = false;

  const request: Running["request"] = async (ctx, method, params, about) => {
    pending += 1;
    try {
      return await child.request(ctx, method, params, about);
    } finally {
      pending -= 1;
      if (pending === 0) for (const wake of waiters.splice(0)) wake();
    }
  };
  /** A question was not answered in time: ends the process where it answers nothing at all. */
  const suspect = (): void => {
    if (isSuspected) return;
    isSuspected = true;
    const about = { what: "a question for its version", limitMs: pingLimitMs };
    child.request({ signal: forever }, "getVersion", {}, about).then(
      () => (isSuspected = false),
      (error: unknown) => {
        if (!(error instanceof CopilotError) || error.code !== "timeout") return;
        log.warn("GitHub's language server answers nothing and is ended", { processId });
        child.kill();
      },
    );
  };
  const openWindow = createQuestions({ request, notify: child.notify }, suspect);
  const own = openWindow();

  return {
    processId,
    version,
    startedInMs,
    sharedBy: undefined,
    request,
    complete: own.ask,
    forget: own.forget,
    tellEvent({ kind, id, acceptedLength }) {
      const item = { command: { arguments: [id] } };
      if (kind === "shown") return child.notify("textDocument/didShowCompletion", { item });
      if (acceptedLength !== undefined)
        return child.notify("textDocument/didPartiallyAcceptCompletion", { item, acceptedLength });
      const about = { what: "that a suggestion was accepted", limitMs: pingLimitMs };
      const params = { command: "github.copilot.didAcceptCompletionItem", arguments: [id] };
      // Nobody waits for it.
      child.request({ signal: forever }, "workspace/executeCommand", params, about).catch(() => undefined);
    },
    openWindow,
    tellSettings: (settings) => child.notify("workspace/didChangeConfiguration", { settings }),
    whenIdle: () => (pending === 0 ? Promise.resolve() : new Promise((settle) => waiters.push(settle))),
    stop: child.stop,
  };
}
