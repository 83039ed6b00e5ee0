// One process of GitHub's language server: started, spoken to, and ended whatever it does. It is the leader of a process
// group, so that what it has started ends with it; when this program is killed, it ends with its standard input.

import { spawn } from "node:child_process";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { objectOf } from "../../runtime/json.ts";
import { createConnection } from "../../json-rpc/connection.ts";
import { orAfter } from "../../runtime/cancel.ts";
import { errorBodyOf } from "../../json-rpc/rpc-error.ts";
import { failureOf, inWords } from "./failures.ts";
import { installAdvice, type Program } from "./find-program.ts";
import { type ProcessFacts, type RequestAbout, requestWithin } from "./running.ts";

export interface Child extends ProcessFacts {
  /**
   * Throws `timeout` after `limitMs`, `upstream-failed` when the process ends, and what the server answers in its place.
   * The signal cancels it. `what` names it for a person.
   */
  request(ctx: Pick<Ctx, "signal">, method: string, params: object, about: RequestAbout): Promise<unknown>;
  notify(method: string, params: object): void;
  /** When the process has ended, and how. Never rejects. */
  readonly ended: Promise<string>;
  /** Asks it to end, and kills it when it does not. Idempotent, never rejects. */
  stop(): Promise<void>;
  /** Ends it at once. */
  kill(): void;
}

export interface ChildHandlers {
  /** Throws an `RpcError` for a method that it does not know. */
  onRequest(method: string, params: unknown): unknown;
  onNotification(method: string, params: unknown): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where it runs: no folder of anybody's project. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
}

const startLimitMs = 30_000;
const shutdownLimitMs = 1_000;
const exitLimitMs = 1_000;
const maxLoggedLines = 50;
const maxLoggedBytes = 4_096;

/**
 * Rejects with `offline` when it does not start, with `client-rejected` when it is too old, and with the signal's reason
 * when that is aborted before it has answered: nothing is left running then.
 */
export async function startChild(
  ctx: Pick<Ctx, "signal">,
  { clock, log, environment, folder, platform }: Deps,
  { path, command }: Program,
  initializeParams: object,
  handlers: ChildHandlers,
): Promise<Child> {
  const startedMs = clock.monotonicMs();
  const [file, ...args] = command;
  const hasGroup = platform !== "win32";
  const child = spawn(file, [...args, "--stdio"], {
    env: { ...environment },
    cwd: folder,
    stdio: ["pipe", "pipe", "pipe"],
    detached: hasGroup,
    windowsHide: true,
  });
  const { pid: processId = 0 } = child;
  const kill = (): void => {
    if (processId === 0 || child.exitCode !== null || child.signalCode !== null) return;
    try {
      if (hasGroup) process.kill(-processId, "SIGKILL");
      else child.kill("SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  };
  const ended = new Promise<string>((settle) => {
    child.once("error", (error) => settle(inWords(error.message)));
    child.once("exit", (code, signal) => settle(code === null ? `it was ended by ${signal}` : `exit code ${code}`));
  });
  let hasClosed = false;
  logLines(child.stderr, log);
  const connection = createConnection({
    input: child.stdout,
    output: child.stdin,
    log,
    onRequest: async (method, params) => handlers.onRequest(method, params),
    errorBodyOf,
    onNotification: handlers.onNotification,
    onEnd: () => (hasClosed = true),
  });
  child.stdin.on("error", () => undefined);
  connection.listen();

  const hasExited = ended.then(() => true);
  const request: Child["request"] = async (asked, method, params, about) => {
    try {
      return await requestWithin({ clock, connection }, asked, [method, params], about, failureOf);
    } catch (error) {
      // Its output ends a moment before the system says that it has ended: who hears of it and asks again has another.
      if (hasClosed) await orAfter(clock, exitLimitMs, hasExited, false);
      throw error;
    }
  };
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      const never = new AbortController().signal;
      const asked = request({ signal: never }, "shutdown", {}, { what: "the end", limitMs: shutdownLimitMs });
      const isReady = await Promise.race([asked.then(() => true).catch(() => false), ended.then(() => false)]);
      if (isReady) void connection.notify("exit", {});
      child.stdin.end();
      if (!(await orAfter(clock, exitLimitMs, hasExited, false))) kill();
      await orAfter(clock, exitLimitMs, hasExited, false);
      await connection.close();
    })();
    return stopping;
  };

  try {
    const about = { what: "initialize", limitMs: startLimitMs };
    const result = await Promise.race([
      request(ctx, "initialize", initializeParams, about),
      ended.then((how) => {
        throw notStarted(path, how);
      }),
    ]);
    const { version, canComplete } = readInitializeResult(result);
    if (!canComplete) {
      throw new CopilotError("client-rejected", `GitHub's language server ${version} is too old to complete inline.`, {
        advice: installAdvice,
      });
    }
    void connection.notify("initialized", {});
    return {
      processId,
      version,
      startedInMs: Math.round(clock.monotonicMs() - startedMs),
      request,
      notify: (method, params) => void connection.notify(method, params),
      ended,
      stop,
      kill,
    };
  } catch (error) {
    kill();
    child.stdin.end();
    ctx.signal.throwIfAborted();
    const isOurs = error instanceof CopilotError && error.code !== "upstream-failed";
    throw isOurs ? error : notStarted(path, await ended);
  }
}

function notStarted(path: string, how: string): CopilotError {
  return new CopilotError("offline", `GitHub's language server, ${path}, did not start: ${how}.`, {
    advice: "Run it with --version to see why; it needs Node 22.13, or the binary that npm installs beside it.",
  });
}

function readInitializeResult(result: unknown): { readonly version: string; readonly canComplete: boolean } {
  const { capabilities, serverInfo } = objectOf(result);
  const { version } = objectOf(serverInfo);
  const provider = objectOf(capabilities)["inlineCompletionProvider"];
  return {
    version: inWords(version) || "of an unknown version",
    canComplete: provider !== undefined && provider !== null && provider !== false,
  };
}

/** What it says beside the protocol: bounded, because nobody knows what it says. */
function logLines(stream: NodeJS.ReadableStream, log: Log): void {
  let lines = 0;
  stream.on("data", (chunk: Buffer) => {
    if (lines > maxLoggedLines) return;
    for (const line of chunk.toString("utf8", 0, maxLoggedBytes).split("\n")) {
      lines += 1;
      if (line !== "" && lines <= maxLoggedLines) log.debug("GitHub's language server says", { line: inWords(line) });
    }
  });
  stream.on("error", () => undefined);
}
