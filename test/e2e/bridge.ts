// The built program on a machine of its own: a home that is thrown away, GitHub in the emulator, and everything that is
// written anywhere kept, so that a test can look for what must not be there.

import { spawn } from "node:child_process";
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator, EmulatorOptions } from "../../server/emulator/types.ts";
import { findTexts } from "../support/find-texts.ts";
import { type SpawnedLspServer, spawnLspServer } from "../support/lsp-client.ts";

export const program = resolve(import.meta.dirname, "../../dist/copilot-lsp.js");

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number | undefined;
  /** The next line of standard output. Rejects when the command ends without one. */
  line(): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  readonly exited: Promise<number | null>;
}

export interface Machine {
  readonly home: string;
  readonly emulator: Emulator;
  readonly environment: Readonly<Record<string, string>>;
  /** Where the token store lies. */
  readonly storePath: string;
  /** A port that nobody had a moment ago. */
  readonly port: number;
  /** An editor's `copilot-lsp --stdio`, not yet initialized. */
  edit(options?: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  }): SpawnedLspServer;
  /** Runs a command of the program to its end. */
  run(
    args: readonly string[],
    options?: { readonly stdin?: string; readonly env?: Readonly<Record<string, string>>; readonly cwd?: string },
  ): Promise<CommandResult>;
  /** Starts a command that goes on until it is told to stop. */
  start(args: readonly string[], options?: { readonly env?: Readonly<Record<string, string>> }): RunningCommand;
  /** `http://127.0.0.1:PORT` of `edit` and `serve`. */
  readonly url: string;
  /** Asks the HTTP listener; head and body of the answer are kept for `written`. */
  fetch(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly text: string }>;
  /**
   * All text that the program wrote so far, by where it went: messages to editors, standard output and error, answers
   * over HTTP, and every file below the home folder but the stores of sign-ins.
   */
  written(): ReadonlyMap<string, string>;
  /**
   * All text that went to the service so far, by request. What a request carries to prove who asks is left out: the
   * `authorization` header, and the codes of a sign-in.
   */
  sent(): ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export async function openMachine(
  options: {
    readonly emulator?: EmulatorOptions;
    readonly signedIn?: boolean;
    readonly environment?: Readonly<Record<string, string>>;
    /** Whose programs they are and whose home it is; others than one's own only for root. */
    readonly uid?: number;
  } = {},
): Promise<Machine> {
  const { uid } = options;
  const user = uid === undefined ? {} : { uid, gid: uid };
  const emulator = await startEmulator(options.emulator ?? {});
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-home-"));
  if (uid !== undefined) chownSync(home, uid, uid);
  const port = await freePort();
  const environment: Record<string, string> = {
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    PATH: process.env["PATH"] ?? "",
    COPILOT_LSP_GITHUB_URI: emulator.url,
    // Not the keychain of whoever runs the tests.
    COPILOT_LSP_AUTH_STORAGE: "file",
    COPILOT_LSP_HTTP_PORT: String(port),
    COPILOT_LSP_LOG_LEVEL: "trace",
    ...(options.signedIn ? { GH_COPILOT_TOKEN: emulator.githubToken } : {}),
    ...options.environment,
  };
  const commands: RunningCommand[] = [];
  const editors: SpawnedLspServer[] = [];
  const outputs: string[] = [];
  const answers: string[] = [];
  const url = `http://127.0.0.1:${port}`;
  const storePath = join(home, ".config/copilot-lsp/auth", `${encodeURIComponent(emulator.url)}.json`);

  return {
    home,
    emulator,
    environment,
    storePath,
    port,
    url,
    edit({ args = [], env = {} } = {}) {
      const editor = spawnLspServer([process.execPath, program, "--stdio", ...args], {
        env: { ...environment, ...env },
        cwd: home,
        ...(uid === undefined ? {} : { uid }),
      });
      editors.push(editor);
      return editor;
    },
    run(args, { stdin = "", env = {}, cwd = home } = {}) {
      const child = spawn(process.execPath, [program, ...args], {
        env: { ...environment, ...env },
        cwd,
        ...user,
      });
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
      });
      child.stdin.on("error", () => undefined);
      child.stdin.end(stdin);
      return new Promise((settle, reject) => {
        child.once("error", reject);
        child.once("close", (code) => {
          outputs.push(stdout, stderr);
          settle({ code, stdout, stderr });
        });
      });
    },
    start(args, { env = {} } = {}) {
      const child = spawn(process.execPath, [program, ...args], {
        env: { ...environment, ...env },
        cwd: home,
        ...user,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const written = { stdout: "", stderr: "" };
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      child.stdout.on("data", (chunk: Buffer) => (written.stdout += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (written.stderr += chunk.toString()));
      const exited = new Promise<number | null>((settle) => {
        child.once("close", (code) => {
          outputs.push(written.stdout, written.stderr);
          settle(code);
        });
      });
      const command: RunningCommand = {
        pid: child.pid,
        async line() {
          const { done, value } = await lines.next();
          if (done) throw new Error(`the command ended: ${written.stderr}`);
          return value;
        },
        kill: (signal) => void child.kill(signal),
        exited,
      };
      commands.push(command);
      return command;
    },
    async fetch(path, init) {
      const answer = await fetch(url + path, init);
      const text = await answer.text();
      answers.push(JSON.stringify([path, answer.status, [...answer.headers], text]));
      return { status: answer.status, text };
    },
    written() {
      const found = new Map<string, string>();
      editors.forEach((editor, index) => {
        found.set(`messages of editor ${index}`, JSON.stringify(editor.received));
        found.set(`standard error of editor ${index}`, editor.stderr());
      });
      outputs.forEach((output, index) => found.set(`output ${index}`, output));
      answers.forEach((answer, index) => found.set(`answer ${index} over HTTP`, answer));
      for (const entry of readdirSync(home, { recursive: true, encoding: "utf8" })) {
        const path = join(home, entry);
        if (dirname(path) !== dirname(storePath) && statSync(path).isFile())
          found.set(path, readFileSync(path, "utf8"));
      }
      return found;
    },
    sent() {
      const found = new Map<string, string>();
      emulator.calls.forEach(({ route, method, path, headers, body }, index) => {
        const { authorization: _proof, ...others } = headers;
        const { device_code: _code, ...fields } = Object(route === "access-token" ? body : {}) as Record<
          string,
          unknown
        >;
        const shown = route === "access-token" ? fields : body;
        found.set(`request ${index} (${route})`, JSON.stringify([method, path, others, shown]));
      });
      return found;
    },
    async close() {
      for (const command of commands) command.kill("SIGKILL");
      await Promise.all([...editors.map((editor) => editor.kill()), ...commands.map(({ exited }) => exited)]);
      await emulator.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Where a token of the emulator's was written or sent other than as proof, as sentences; empty when none was. */
export function leaks(machine: Machine, further: ReadonlyMap<string, string> = new Map()): readonly string[] {
  // The part behind the prefix, so that a token that was cut or quoted is found as well.
  const secrets = machine.emulator.tokens.map((token) => token.replace(/^\w+[_=]/, "").slice(0, 16));
  return findTexts(new Map([...machine.written(), ...machine.sent(), ...further]), secrets);
}

function freePort(): Promise<number> {
  return new Promise((settle) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => settle(port));
    });
  });
}
