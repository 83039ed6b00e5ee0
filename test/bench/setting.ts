// What every benchmark runs on: the built program, an emulator in another process, a home of its own; and, where one is
// named, another language server beside it on the same emulator.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnedLspServer, spawnLspServer } from "../support/lsp-client.ts";
import { type EmulatorLink, openEmulator } from "./emulator-link.ts";

/** A language server under test. */
export interface Contestant {
  readonly name: string;
  /** Starts a process, speaks the handshake and waits until it can complete. `more`: for its environment. */
  ready(more?: NodeJS.ProcessEnv): Promise<SpawnedLspServer>;
  /** Starts a process and waits for its answer to `initialize`, and no longer. */
  initialized(): Promise<SpawnedLspServer>;
}

export interface BenchSetting {
  readonly emulator: EmulatorLink;
  readonly emulatorUrl: string;
  readonly githubToken: string;
  /** The built program, and the variables that sign it in to the emulator. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Starts an editor's process; `initialize` is the benchmark's to send. */
  spawn(more?: NodeJS.ProcessEnv): SpawnedLspServer;
  /** This program first. */
  readonly contestants: readonly Contestant[];
  rival(rival: Rival): Contestant;
  /** A port that nobody had a moment ago. */
  freePort(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Another server. In `command`, in `environment` and in `settings`, `{url}`, `{token}` and `{home}` stand for the
 * emulator's address, a GitHub token that it accepts, and an empty folder.
 */
export interface Rival {
  readonly name: string;
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What it gets by `workspace/didChangeConfiguration` and for each section by `workspace/configuration`. */
  readonly settings: string;
}

export async function openSetting(root: string, outdir: string, rivals: readonly Rival[]): Promise<BenchSetting> {
  const emulator = await openEmulator(outdir);
  const { url, githubToken } = emulator;
  const home = mkdtempSync(join(tmpdir(), "copilot-lsp-bench-"));
  const environment = {
    HOME: home,
    PATH: process.env["PATH"],
    GH_COPILOT_TOKEN: githubToken,
    COPILOT_LSP_GITHUB_URI: url,
    COPILOT_LSP_HTTP_PORT: "0",
    // The benchmark types faster than anybody.
    COPILOT_LSP_GOVERNOR_TYPING_BURST: "0",
    COPILOT_LSP_GOVERNOR_SCRIPTS_BURST: "0",
  };
  const program = join(root, "dist/copilot-lsp.js");
  const spawn = (more: NodeJS.ProcessEnv = {}): SpawnedLspServer =>
    spawnLspServer([process.execPath, program, "--stdio"], {
      env: { ...environment, ...more },
      cwd: home,
      patienceMs: 30_000,
    });
  const ours: Contestant = {
    name: "copilot-lsp",
    async ready(more) {
      const server = spawn(more);
      await server.initialize(initializeParams);
      return server;
    },
    async initialized() {
      const server = spawn();
      await server.request("initialize", initializeParams);
      return server;
    },
  };
  const fill = (text: string): string =>
    text.replaceAll("{url}", url).replaceAll("{token}", githubToken).replaceAll("{home}", home);
  return {
    emulator,
    emulatorUrl: url,
    githubToken,
    program,
    environment,
    spawn,
    contestants: [ours, ...rivals.map((rival) => contestantOf(rival, home, fill))],
    rival: (rival) => contestantOf(rival, home, fill),
    freePort,
    async close() {
      await emulator.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  await new Promise((settle) => server.close(settle));
  return typeof address === "object" && address !== null ? address.port : 0;
}

function contestantOf(
  { name, command, environment, settings }: Rival,
  home: string,
  fill: (text: string) => string,
): Contestant {
  const [program = "", ...args] = fill(command).split(" ");
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(value)]));
  const answers = JSON.parse(fill(settings)) as Record<string, unknown>;
  const params = { ...initializeParams, capabilities: { workspace: { configuration: true } } };
  const start = (more: NodeJS.ProcessEnv = {}): SpawnedLspServer => {
    const server = spawnLspServer([program, ...args], {
      env: { PATH: process.env["PATH"], HOME: home, ...env, ...more },
      cwd: home,
      patienceMs: 30_000,
    });
    server.handle("workspace/configuration", (asked) =>
      (asked as { items: readonly { section: string }[] }).items.map(({ section }) => sectionOf(answers, section)),
    );
    server.handle("client/registerCapability", () => null);
    return server;
  };
  return {
    name,
    async initialized() {
      const server = start();
      await server.request("initialize", params);
      return server;
    },
    async ready(more) {
      const server = start(more);
      await server.initialize(params);
      server.notify("workspace/didChangeConfiguration", { settings: answers });
      await server.waitFor<{ kind: string }>("didChangeStatus", ({ kind }) => kind === "Normal");
      return server;
    },
  };
}

function sectionOf(settings: Record<string, unknown>, section: string): unknown {
  let found: unknown = settings;
  for (const part of section.split("."))
    found = typeof found === "object" && found !== null ? Reflect.get(found, part) : null;
  return found ?? null;
}

export const initializeParams = {
  processId: process.pid,
  clientInfo: { name: "bench", version: "1.0.0" },
  rootUri: null,
  capabilities: {},
  initializationOptions: {
    editorInfo: { name: "bench", version: "1.0.0" },
    editorPluginInfo: { name: "bench-copilot", version: "1.0.0" },
  },
};

/** Resident memory in MB; Linux only. */
export function residentMb(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
