// The composition root: settings, logs and the fronts, each handed what it needs. Only what answers `initialize` is
// imported at the top; everything else comes with the first request that needs it.

import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Clock, Ctx, Log, LogLevel } from "../../shared/context.ts";
import { describeError } from "../../shared/errors.ts";
import type { CliEnv, SettingOverride } from "../cli/env.ts";
import { type Config, createConfig } from "../config/layers.ts";
import { createHttpToken } from "../config/http-token.ts";
import { configFolder, settingsFileName } from "../config/paths.ts";
import { section } from "../config/settings.ts";
import { createSettingsFile } from "../config/settings-file.ts";
import type { ClientIdentity, SettingProblem } from "../core/types.ts";
import { createLogHub, type LogSink, stampLine } from "../observe/log.ts";
import { openLogFile } from "../observe/log-file.ts";
import { createTracer } from "../observe/tracer.ts";
import { createSelector } from "../runtime/memoize.ts";
import { systemClock } from "../runtime/system-clock.ts";
import type { AppInputs, Parts } from "./parts.ts";
import { createSharedPeers } from "./shared-peers.ts";
import type { Terminal } from "./shell.ts";

export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
}

export interface App {
  readonly clock: Clock;
  readonly log: Log;
  /** Speaks LSP until the editor is gone; answers the exit code. `ctx` ends it earlier. */
  serveEditor(ctx: Ctx, streams: Streams): Promise<number>;
  /** What the verbs work with. */
  cliEnv(terminal: Terminal): Promise<CliEnv>;
  /** Closes what is open, last opened first. Idempotent. */
  close(): Promise<void>;
}

export function createApp(inputs: AppInputs): App {
  const { environment, globals, platform, version } = inputs;
  const clock = systemClock;
  const folder = configFolder(environment, platform);
  const file = createSettingsFile(
    clock,
    globals.configFile === undefined ? join(folder, settingsFileName) : resolve(inputs.cwd, globals.configFile),
  );
  const httpToken = createHttpToken(folder);
  const readConfig = (overrides: readonly SettingOverride[] = []): Config =>
    createConfig({
      flags: [...globals.overrides, ...overrides.map((override) => ({ ...override, flag: override.key }))],
      environment,
      file: file.read(),
      fileFlag: globals.configFile === undefined ? undefined : "--config",
      // The log is opened by these settings.
      log: { error: (message, fields) => log.error(message, fields) },
    });
  const config = readConfig();
  const { log, addSink } = createLogHub(() => config.settings()["log.level"]);
  const closers: (() => Promise<void> | void)[] = [];
  const tracer = createTracer();
  const peers = createSharedPeers({ clock, log, platform, httpToken });
  const onClose: Parts["onClose"] = (close) => void closers.push(close);
  const parts: Parts = { inputs, clock, log, config, folder, httpToken, tracer, peers, onClose };

  openLogs();

  function tellProblems(problems: readonly SettingProblem[]): void {
    for (const { message, consequence = "it is left out" } of problems) log.warn(`${message}; ${consequence}`);
  }

  /** To the file that is named, else to standard error: there only what is grave, unless a level was asked for. */
  function openLogs(): void {
    const { source } = config.entries().find(({ key }) => key === "log.level") ?? { source: "default" };
    const toStderr: LogSink = (level: LogLevel, line: string) => {
      if (source !== "default" || level === "error" || level === "warn")
        inputs.stderr.write(stampLine(clock, level, line));
    };
    const path = config.settings()["log.file"];
    if (path === "") {
      addSink(toStderr);
      return;
    }
    try {
      const logFile = openLogFile(clock, resolve(inputs.cwd, path), (error, line) => {
        removeSink();
        addSink(toStderr);
        log.error(`${path} cannot be written or rotated, so the log goes to standard error: ${describeError(error)}`);
        log.info(line);
      });
      const removeSink = addSink(logFile.sink);
      onClose(() => logFile.close());
    } catch (error) {
      addSink(toStderr);
      log.warn(`the log file ${path} cannot be opened: ${describeError(error)}`);
    }
  }

  async function serveEditor(ctx: Ctx, { stdin, stdout }: Streams): Promise<number> {
    tellProblems(config.problems());
    let identity: ClientIdentity | undefined;
    const { createLspServer } = await import("../lsp/lsp-server.ts");
    return new Promise<number>((end) => {
      const server = createLspServer(
        {
          input: stdin,
          output: stdout,
          applyEditorSettings: config.setEditorLayer,
          identify: (client) => void (identity = client),
          openCore: async (workspaceFolder) => {
            const [{ openAssembly }, { followHttpSettings }] = await Promise.all([
              import("./accounts.ts"),
              import("./http-beside-editor.ts"),
            ]);
            const place = { folder: workspaceFolder ?? inputs.cwd };
            const assembly = await openAssembly(parts, { demo: globals.demo, identity: () => identity, place });
            followHttpSettings(
              parts,
              assembly,
              () => identity && { name: identity.editorName, version: identity.editorVersion },
            );
            const complete = assembly.meters.countFront("lsp", assembly.byFile.complete);
            return {
              ...assembly.byFile,
              complete: tracer.front("lsp", complete),
              nextEdit: tracer.editFront("lsp", assembly.byFile.nextEdit),
            };
          },
          clock,
          log,
          newId: randomUUID,
          version,
          onExit: end,
        },
        createSelector(
          () => [config.settings()],
          (settings) => ({
            ...section(settings, "lsp"),
            lines: settings["completion.lines"],
            nextEditMenu: settings["edits.menu"],
          }),
        ),
      );
      addSink(server.logSink);
      onClose(() => server.close());
      ctx.signal.addEventListener("abort", () => end(0), { once: true });
      server.start();
    });
  }

  async function cliEnv(terminal: Terminal): Promise<CliEnv> {
    // A wrong flag makes the whole command wrong, which its verb says.
    const flagProblems = config.flagProblems();
    tellProblems(config.problems().filter((problem) => !flagProblems.includes(problem)));
    const { createCliEnv } = await import("./shell.ts");
    return createCliEnv(parts, terminal, file, readConfig);
  }

  let closing: Promise<void> | undefined;
  return {
    clock,
    log,
    serveEditor,
    cliEnv,
    close() {
      closing ??= (async () => {
        for (const close of closers.reverse()) {
          try {
            await close();
          } catch (error) {
            // What is left open must not keep the rest from being closed.
            log.error("a part did not close", { error: describeError(error) });
          }
        }
      })();
      return closing;
    },
  };
}
