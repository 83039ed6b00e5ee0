// Runs what the command line asked for and answers the exit code. The one place where a verb's failure becomes words and
// a number, and where Ctrl-C is sure to end things soon. Never ends the process itself.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { linkAbort } from "../runtime/cancel.ts";
import { hasFlag } from "./args/arguments.ts";
import type { Invocation } from "./args/parse.ts";
import type { CliEnv } from "./env.ts";
import { type ExitCode, exitCodeOfError, exitCodes, StopSignal } from "./exit-codes.ts";
import { failureOf } from "./failure.ts";
import { programHelp, verbHelp } from "./args/help.ts";
import { note, paintFor, plain, printJson } from "./output/output.ts";
import { loadVerb } from "./load-verb.ts";
import type { Verb } from "./verb.ts";

export type CliInvocation = Exclude<Invocation, { readonly kind: "language-server" }>;

/** How long a verb may clean up after it was told to stop. */
const graceMs = 800;
const showCursor = "\u001B[?25h";

/**
 * Runs a command to its end. `ctx.signal` ends it: abort it with a `StopSignal`. Never throws. The caller must keep the
 * event loop alive meanwhile, because no timer of this program does, and let standard output drain afterwards.
 */
export async function runCli(ctx: Ctx, env: CliEnv, invocation: CliInvocation): Promise<ExitCode> {
  // `copilot-lsp config | head`: nobody reads on, which is no failure. The listeners stay for what is written late.
  const reader = linkAbort(ctx.signal);
  env.stdout.on("error", (error) => reader.abort(error));
  env.stderr.on("error", () => undefined);
  try {
    return await answer(ctx, env, invocation, reader.signal);
  } finally {
    reader.unlink();
  }
}

/** `signal`: aborted with `ctx`, and when nobody reads the result any more. */
async function answer(ctx: Ctx, env: CliEnv, invocation: CliInvocation, signal: AbortSignal): Promise<ExitCode> {
  switch (invocation.kind) {
    case "version":
      env.stdout.write(`${env.version}\n`);
      return exitCodes.ok;
    case "help":
      env.stdout.write(invocation.verb ? await verbHelp(invocation.verb, env.columns) : await programHelp(env.columns));
      return exitCodes.ok;
    case "misuse":
      return reportMisuse(env, invocation.message, invocation.hint);
    case "verb":
      return runVerb(ctx, env, invocation, signal);
  }
}

async function runVerb(
  ctx: Ctx,
  env: CliEnv,
  invocation: CliInvocation & { kind: "verb" },
  signal: AbortSignal,
): Promise<ExitCode> {
  const flagProblem = env.settings.flagProblems().find(({ key }) => key !== "" || !writesSettings(invocation));
  if (flagProblem) {
    const hint = flagProblem.key === "" ? "" : "`copilot-lsp config` lists the settings.";
    return reportMisuse(env, `${flagProblem.message}.`, hint);
  }

  const verb = await loadVerb(invocation.verb);
  if (ctx.signal.aborted) return stoppedCode(ctx.signal.reason, verb);
  try {
    const code = await withGrace(env.clock, signal, verb.run({ ...ctx, signal }, env, invocation.arguments));
    return ctx.signal.aborted ? stoppedCode(ctx.signal.reason, verb) : code;
  } catch (error) {
    if (ctx.signal.aborted) return stoppedCode(ctx.signal.reason, verb);
    return signal.aborted ? exitCodes.ok : reportFailure(ctx, env, invocation, error);
  } finally {
    if (ctx.signal.aborted && env.isTerminal.stderr) env.stderr.write(showCursor);
  }
}

/** `config KEY VALUE` makes the settings file where there is none. */
function writesSettings({ verb, arguments: { words } }: CliInvocation & { kind: "verb" }): boolean {
  return verb === "config" && words.length === 2;
}

/** What `running` comes to; once the signal aborts, it has `graceMs` left. */
function withGrace<T>(clock: Clock, signal: AbortSignal, running: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      const timer = clock.after(graceMs, () => reject(signal.reason));
      void running.catch(() => undefined).finally(() => timer.cancel());
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    void running.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function stoppedCode(reason: unknown, verb: Verb): ExitCode {
  if (!(reason instanceof StopSignal) || reason.signalName === "SIGINT") return exitCodes.interrupted;
  return verb.untilStopped ? exitCodes.ok : exitCodes.terminated;
}

function reportMisuse(env: CliEnv, message: string, hint: string): ExitCode {
  note(env, `copilot-lsp: ${plain(message)}${hint === "" ? "" : `\n${plain(hint)}`}`);
  return exitCodes.usage;
}

function reportFailure(ctx: Ctx, env: CliEnv, invocation: CliInvocation & { kind: "verb" }, error: unknown): ExitCode {
  const failure = failureOf(error);
  // What has words for a person is no defect, and its stack tells nobody anything.
  if (!(error instanceof CopilotError)) {
    ctx.log.error(`${invocation.verb} failed`, { error: error instanceof Error ? error.stack : failure.message });
  }
  if (hasFlag(invocation.arguments, "json")) printJson(env, { error: failure });
  note(env, `${paintFor(env, "stderr")("red", `copilot-lsp ${invocation.verb}:`)} ${failure.message}`);
  if (failure.advice) note(env, failure.advice);
  if (failure.url) note(env, failure.url);
  return exitCodeOfError(failure.code);
}
