#!/usr/bin/env node
// The entry: the command line, the signals, the streams and the end of the process. The only file that touches
// `process` in a way that others would feel.

import { type App, createApp } from "./app/app.ts";
import { type GlobalArguments, parseArguments } from "./cli/args/parse.ts";
import { StopSignal } from "./cli/exit-codes.ts";
import { keepHeapSmall } from "./runtime/heap.ts";
import { holdProcess } from "./runtime/system-clock.ts";

keepHeapSmall();

// The build puts the version of the manifest here.
const version = process.env["COPILOT_LSP_VERSION"] ?? "0.0.0";
// Ctrl-C under `npm run` or a shell script arrives from the terminal and from the parent, and a library that cleans up
// behind itself passes each signal on once more.
const sameSignalMs = 500;
// An editor that no longer reads, or a part that hangs, does not keep the process.
const lastWordsMs = 1_000;
const noGlobals: GlobalArguments = { demo: false, overrides: [] };

async function main(): Promise<number> {
  const invocation = await parseArguments(process.argv.slice(2));
  const globals = "globals" in invocation ? invocation.globals : noGlobals;
  const app = createApp({
    globals,
    environment: process.env,
    platform: process.platform,
    version,
    cwd: currentFolder(),
    stderr: process.stderr,
    self: [process.execPath, process.argv[1] ?? ""],
  });
  const stop = stopOnSignals(app, invocation.kind !== "language-server" && isAwayFromTerminal());
  survive(app);
  const ctx = { signal: stop, log: app.log, id: "process" };
  const streams = { stdin: process.stdin, stdout: process.stdout };
  // An editor or a shell that no longer reads is not a failure of ours; whoever writes hears of it through the stream.
  process.stderr.on("error", () => undefined);

  if (invocation.kind === "language-server") {
    process.stdout.on("error", () => undefined);
    const code = await app.serveEditor(ctx, streams);
    // Waits a moment for the last answers to leave, and no longer.
    await app.close();
    return stop.aborted ? codeOfSignal(stop.reason) : code;
  }
  const release = holdProcess();
  let lost: NodeJS.ErrnoException | undefined;
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // Who stops reading has what they wanted.
    if (error.code !== "EPIPE") lost = error;
  });
  const { runCli } = await import("./cli/run.ts");
  const env = await app.cliEnv({
    ...streams,
    isTerminal: {
      stdin: process.stdin.isTTY ?? false,
      stdout: process.stdout.isTTY ?? false,
      stderr: process.stderr.isTTY ?? false,
    },
    // Some terminals say 0.
    columns: process.stdout.columns || 80,
    runtime: `Node ${process.versions.node}, ${process.platform} ${process.arch}`,
  });
  const code = await runCli(ctx, env, invocation);
  await app.close();
  release();
  // On a pipe a write may still be under way, and a pager reads when its person does.
  await new Promise<void>((resolve) => {
    process.stdout.write("", () => resolve());
    const giveUp = (): void => void app.clock.after(lastWordsMs, resolve);
    if (stop.aborted) giveUp();
    else stop.addEventListener("abort", giveUp, { once: true });
  });
  if (lost === undefined) return code;
  process.stderr.write(`copilot-lsp: the result could not be written: ${lost.message}\n`);
  return code === 0 ? 1 : code;
}

/** It may have been deleted; then nothing that is named relative to it is there, and nothing else needs it. */
function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    return process.env["PWD"] || "/";
  }
}

/**
 * Whether the end of a terminal says nothing to this process, as under `nohup`. Node sets a SIGHUP that was ignored back
 * to its default before it runs us, so that what `nohup` did shows in the streams alone: it leads both away.
 */
function isAwayFromTerminal(): boolean {
  return !process.stdout.isTTY && !process.stderr.isTTY;
}

/**
 * Aborts with a `StopSignal` at the first signal; a second one, a moment later, ends the process there and then.
 * `ignoresHangUp`: not at SIGHUP.
 */
function stopOnSignals({ clock }: App, ignoresHangUp: boolean): AbortSignal {
  const controller = new AbortController();
  let firstMs = 0;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(name, () => {
      if (name === "SIGHUP" && ignoresHangUp) return;
      const nowMs = clock.monotonicMs();
      if (controller.signal.aborted) {
        if (nowMs - firstMs >= sameSignalMs) process.exit(codeOfSignal(controller.signal.reason));
        return;
      }
      firstMs = nowMs;
      controller.abort(new StopSignal(name));
    });
  }
  return controller.signal;
}

function codeOfSignal(reason: unknown): number {
  return reason instanceof StopSignal && reason.signalName === "SIGINT" ? 130 : 143;
}

/** A defect in one request must not take the others' completions with it; it is written down with its stack. */
function survive(app: App): void {
  const tell = (what: string, error: unknown): void =>
    app.log.error(what, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.on("unhandledRejection", (error) => tell("a promise was rejected and nobody listened", error));
  process.on("uncaughtException", (error) => {
    tell("an exception was thrown and nobody caught it", error);
    app.clock.after(lastWordsMs, () => process.exit(1));
    void app.close().finally(() => process.exit(1));
  });
}

process.exit(await main());
