// A world for the command line that lives in memory: streams that keep what was written, and every other part as the
// test wants it. What a test does not name behaves as on a signed-in machine where all is well.

import { PassThrough } from "node:stream";
import { parseArguments } from "../../../server/cli/args/parse.ts";
import type { CliEnv } from "../../../server/cli/env.ts";
import type { NetworkProbes } from "../../../shared/network.ts";
import type { SettingEntry, SettingsAccess } from "../../../shared/settings.ts";
import type { ExitCode } from "../../../server/cli/exit-codes.ts";
import { runCli } from "../../../server/cli/run.ts";
import type { Core } from "../../../server/core/types.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { createTestCtx, type TestCtx } from "../../support/test-ctx.ts";
import { createFakeCore } from "../../support/fake-core.ts";

type Overrides = Partial<Omit<CliEnv, "settings" | "network" | "isTerminal">> & {
  readonly core?: Core;
  readonly settings?: Partial<SettingsAccess>;
  readonly network?: Partial<NetworkProbes>;
  readonly isTerminal?: Partial<CliEnv["isTerminal"]>;
  readonly input?: string;
};

export interface Session {
  readonly ctx: TestCtx;
  readonly env: CliEnv;
  readonly clock: ManualClock;
  readonly stdin: PassThrough;
  /** Everything written so far. */
  output(): string;
  errors(): string;
  /** Resolves as soon as standard output and error together hold `text`. */
  shows(text: string): Promise<void>;
  /** How many cores were opened and not closed. */
  openCores(): number;
  run(...argv: readonly string[]): Promise<ExitCode>;
}

export const someSettings: readonly SettingEntry[] = [
  entry("completion.languages", { plaintext: false, markdown: false }, "default", ""),
  entry("upstream.proxy", "http://ada:secret@proxy.example:3128", "environment", "COPILOT_LSP_UPSTREAM_PROXY"),
  entry("http.port", 9000, "file", "/home/ada/.config/copilot-lsp/config.json"),
  entry("http.allowedHosts", [], "default", ""),
];

function entry(
  key: string,
  value: SettingEntry["value"],
  source: SettingEntry["source"],
  origin: string,
): SettingEntry {
  const environmentName = `COPILOT_LSP_${key.replace(".", "_").toUpperCase()}`;
  const doc = `What ${key} is for, said in a sentence that is long enough to need a second line on a narrow terminal.`;
  return { key, value, source, origin, takes: "a text", environmentName, doc };
}

export function createSession(overrides: Overrides = {}): Session {
  const { core = createFakeCore(), settings, network, isTerminal, input, ...rest } = overrides;
  const ctx = createTestCtx();
  const clock = createManualClock();
  const stdin = new PassThrough();
  if (input !== undefined) stdin.end(input);
  let open = 0;
  const watchers = new Set<() => void>();
  const kept = { out: "", err: "" };
  const keep = (name: "out" | "err"): PassThrough => {
    const stream = new PassThrough();
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      kept[name] += text;
      for (const watcher of watchers) watcher();
    });
    return stream;
  };

  const env: CliEnv = {
    stdin,
    stdout: keep("out"),
    stderr: keep("err"),
    isTerminal: { stdin: false, stdout: false, stderr: false, ...isTerminal },
    columns: 80,
    environment: {},
    platform: "linux",
    cwd: "/home/ada/code",
    packageFolder: "/opt/copilot-lsp",
    version: "1.2.3",
    runtime: "Node 20.18.1, linux x64",
    clock,
    tokenFile: () => "/home/ada/.config/copilot-lsp/auth.json",
    httpToken: () => "/home/ada/.config/copilot-lsp/http-token",
    settings: {
      path: "/home/ada/.config/copilot-lsp/config.json",
      entries: () => someSettings,
      problems: () => [],
      flagProblems: () => [],
      write: async () => undefined,
      remove: async () => true,
      ...settings,
    },
    network: { ...goodNetwork(clock), ...network },
    openCore: async () => {
      open += 1;
      let isClosed = false;
      return {
        core,
        moveSignIn: () => Promise.reject(new CopilotError("signed-out", "There is no stored sign-in.")),
        importSignIn: () => Promise.reject(new CopilotError("bad-request", "No other Copilot plugin left a sign-in.")),
        close: async () => {
          if (!isClosed) open -= 1;
          isClosed = true;
        },
      };
    },
    serve: async () => ({ kind: "busy", port: 8080, holder: { kind: "foreign", server: undefined } }),
    probePort: async (_ctx, port = 8080) => ({ port, holder: { kind: "nobody" } }),
    pageAddress: async (_ctx, port) => `http://127.0.0.1:${port}/?ticket=abc`,
    spawnSelf: () => {
      throw new Error("this test starts no program");
    },
    openBrowser: async () => true,
    ...rest,
  };

  return {
    ctx,
    env,
    clock,
    stdin,
    output: () => kept.out,
    errors: () => kept.err,
    shows: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!`${kept.out}${kept.err}`.includes(text)) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    openCores: () => open,
    async run(...argv) {
      const invocation = await parseArguments(argv);
      if (invocation.kind === "language-server") throw new Error("a language server is not a command");
      return runCli(ctx, env, invocation);
    },
  };
}

function goodNetwork(clock: ManualClock): NetworkProbes {
  return {
    addresses: () => ["https://github.com", "https://api.github.com"],
    route: () => ({ kind: "direct" }),
    resolve: async () => ["192.0.2.1"],
    handshake: async () => ({
      protocol: "TLSv1.3",
      issuer: "Sectigo Limited",
      validUntilMs: Date.UTC(2027, 0, 1),
      distrust: undefined,
    }),
    ping: async () => ({ httpStatus: 200, fromGitHub: true, serverNowMs: clock.nowMs() }),
  };
}
