// The process that this program has started itself, for its own window and for those of other processes that share it.

import { parse } from "node:path";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { type Child, type ChildHandlers, startChild } from "./child.ts";
import { findProgram, type Machine } from "./find-program.ts";
import { createQuestions, type Window } from "./questions.ts";
import { HostEndedError, type Running } from "./running.ts";
import { environmentOf, nested, officialSettings, type OfficialSettings } from "./server-settings.ts";

export interface OwnProcess extends Running {
  /** When it has ended, and how. Never rejects. */
  readonly ended: Promise<string>;
  /** For another process that shares it. */
  openWindow(): Window;
  tellSettings(settings: OfficialSettings): void;
  /** Resolves when nothing is under way. */
  whenIdle(): Promise<void>;
}

export interface OwnProcessDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly machine: Machine;
  /** Who drives this program; undefined when nobody said. */
  readonly identity: () => { readonly editorName: string; readonly editorVersion: string } | undefined;
  readonly settings: () => OfficialSettings;
}

const pingLimitMs = 5_000;

/** Rejects as `findProgram` and `startChild`. */
export async function startOwnProcess(
  ctx: Pick<Ctx, "signal">,
  deps: OwnProcessDeps,
  handlers: ChildHandlers,
): Promise<OwnProcess> {
  const { clock, log, machine } = deps;
  const settings = deps.settings();
  const { editorName = "copilot-lsp", editorVersion = deps.version } = deps.identity() ?? {};
  const child = await startChild(
    ctx,
    {
      clock,
      log,
      platform: machine.platform,
      environment: environmentOf(machine.environment, settings),
      folder: parse(machine.node.path).root,
    },
    findProgram(machine, settings.command),
    {
      // It ends when this process is gone.
      processId: process.pid,
      clientInfo: { name: editorName, version: editorVersion },
      initializationOptions: {
        editorInfo: { name: editorName, version: editorVersion },
        // It keeps a sign-in for each plugin.
        editorPluginInfo: { name: "copilot-lsp", version: deps.version },
      },
      capabilities: { workspace: { configuration: true, workspaceFolders: false } },
      // It would read folders by itself, and files that are kept back.
      rootUri: null,
      workspaceFolders: null,
    },
    handlers,
  );
  const { processId, version, startedInMs } = child;
  log.info("GitHub's language server runs", { processId, version, startedInMs });
  return createOwnProcess(log, child);
}

function createOwnProcess(log: Log, child: Child): OwnProcess {
  const { processId, version, startedInMs, ended } = child;
  const forever = new AbortController().signal;
  let pending = 0;
  const waiters: (() => void)[] = [];
  let isSuspected = false;
  let isStopped = false;

  const request: Running["request"] = async (ctx, method, params, about) => {
    // Who has had it since before it was stopped: there is another by now.
    if (isStopped) throw new HostEndedError(about.what);
    pending += 1;
    try {
      return await child.request(ctx, method, params, about);
    } catch (error) {
      if (isStopped && !ctx.signal.aborted) throw new HostEndedError(about.what);
      throw error;
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
    ended,
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
    tellSettings: (settings) =>
      child.notify("workspace/didChangeConfiguration", { settings: nested(officialSettings(settings)) }),
    whenIdle: () => (pending === 0 ? Promise.resolve() : new Promise((settle) => waiters.push(settle))),
    stop() {
      isStopped = true;
      return child.stop();
    },
  };
}
