// What the verbs of the command line work with.

import { spawn } from "node:child_process";
import type { Ctx } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { TicketReply } from "../../shared/page.ts";
import type {
  ChildProgram,
  CliEnv,
  CoreOptions,
  OpenCore,
  PortHolder,
  ServeOptions,
  ServeOutcome,
  SettingOverride,
} from "../cli/env.ts";
import { askLocal } from "../cli/local-http.ts";
import { openBrowser } from "../cli/open-browser.ts";
import type { Config } from "../config/layers.ts";
import { homeFolder } from "../config/paths.ts";
import { createSettingsAccess } from "../config/settings-access.ts";
import type { SettingsFile } from "../config/settings-file.ts";
import { inheritedSockets } from "../http/port/inherited.ts";
import type { LeaderLook } from "../http/port/leader.ts";
import { reachable, urlOf } from "../http/port/loopback.ts";
import { proofFor } from "../http/port/proof.ts";
import { untilAborted, withDeadline } from "../runtime/cancel.ts";
import { createProbes } from "../upstream/probes/probes.ts";
import { openAssembly, shellKeychainLimits } from "./accounts.ts";
import { packageFolderOf } from "./package-folder.ts";
import type { Parts } from "./parts.ts";
import { tokenFile, upstreamSettings } from "./part-settings.ts";

/** Where a command runs. */
export type Terminal = Pick<CliEnv, "stdin" | "stdout" | "isTerminal" | "columns" | "runtime">;

// Longest wait for a program on the port to say who it is.
const portProbeMs = 1_000;

export function createCliEnv(
  parts: Parts,
  terminal: Terminal,
  file: SettingsFile,
  /** With `overrides` above all other layers. */
  readConfig: (overrides?: readonly SettingOverride[]) => Config,
): CliEnv {
  const { inputs, clock, log, config, folder, httpToken, peers, onClose } = parts;
  const { findLeader } = peers;
  const { environment, globals, platform, version } = inputs;
  const configWith = (overrides: readonly SettingOverride[]): Config =>
    overrides.length === 0 ? config : readConfig(overrides);

  async function openCore({ overrides = [], account, isQuiet = false }: CoreOptions = {}): Promise<OpenCore> {
    const used = configWith(overrides);
    if (used.settings()["service.kind"] === "official") await lookForPeers(used.settings()["http.port"]);
    const assembly = await openAssembly(parts, {
      demo: globals.demo,
      config: used,
      isQuiet,
      keychainLimits: shellKeychainLimits,
      place: { folder: inputs.cwd, account },
    });
    return {
      core: assembly.byFile,
      moveSignIn: assembly.auth.moveTo,
      importSignIn: async (ctx) => {
        const { user, path, warning } = await assembly.auth.importFrom(ctx);
        return { user, file: path, warning };
      },
      storeKey: assembly.storeKey,
      close: () => assembly.close(),
    };
  }

  async function serve(ctx: Ctx, options: ServeOptions): Promise<ServeOutcome> {
    const port = options.port ?? config.settings()["http.port"];
    const assembly = await openAssembly(parts, {
      demo: globals.demo || options.demo,
      config: configWith(options.overrides ?? []),
    });
    // The verb says itself who has the port.
    const inherited = inheritedSockets(environment, process.pid);
    const { createHttp } = await import("./http-front.ts");
    const server = await createHttp(parts, assembly, () => port, { ...log, warn: log.info }, inherited);
    onClose(() => server.close());
    let finish = (): void => undefined;
    const ended = new Promise<void>((resolveEnd) => {
      finish = resolveEnd;
    });
    const close = async (): Promise<void> => {
      await server.close();
      await assembly.close();
      finish();
    };
    let state = await server.start();
    if (state.kind === "standby" && options.ifHeld === "take-over") state = await server.takeOver();
    const serving = { onState: server.onState, ended, close };
    if (state.kind === "listening") return { kind: "listening", url: state.url, ...serving };
    if (state.kind === "standby" && options.ifHeld !== "give-up") return { ...state, ...serving };
    await close();
    if (state.kind === "failed") throw new CopilotError("bad-request", state.message);
    return { kind: "busy", port, holder: await probePort(ctx, port) };
  }

  /** A command waits for no port: who has it now counts. */
  async function lookAt(url: string): Promise<LeaderLook> {
    const look = await findLeader(url, portProbeMs);
    if (look.kind === "leader") look.watch.leave();
    return look;
  }

  async function lookForPeers(port: number): Promise<void> {
    const opened = await peers.open();
    const url = localUrl(port);
    const look = await lookAt(url);
    if (look.kind === "leader") opened.tell({ kind: "standby", port, url, holder: look.holder });
    else opened.leave("no other process has the port of HTTP");
  }

  /** Rejects only with the signal's reason. */
  async function probePort(ctx: Ctx, port: number): Promise<PortHolder> {
    const look = await untilAborted(ctx.signal, lookAt(localUrl(port)));
    switch (look.kind) {
      case "leader":
        return { kind: "copilot-lsp", ...look.holder };
      case "refused":
        return { kind: "foreign", server: undefined, refuses: true };
      case "stranger":
        return { kind: "foreign", server: look.server };
      case "gone":
        return look.isFree ? { kind: "nobody" } : { kind: "foreign", server: undefined };
    }
  }

  async function pageAddress(ctx: Ctx, port: number): Promise<string> {
    const url = localUrl(port);
    const look = await untilAborted(ctx.signal, lookAt(url));
    if (look.kind !== "leader") throw new CopilotError("offline", `No process of yours answers at ${url}.`);
    const { status, body } = await withDeadline(ctx, clock, portProbeMs, (limited) =>
      askLocal(limited, `${url}/page/ticket`, {
        body: "",
        headers: { "X-Copilot-Proof": proofFor(httpToken.read(), look.nonce) },
        maxBytes: 4_096,
      }),
    );
    if (status === 200) return `${url}/?ticket=${(JSON.parse(body) as TicketReply).ticket}`;
    const holder = `copilot-lsp ${look.holder.version} (process ${look.holder.pid})`;
    throw new CopilotError("upstream-failed", `${holder} has the port and shows no page.`, {
      advice: "Start that editor again, or take the port over: `copilot-lsp serve --takeover`.",
    });
  }

  const localUrl = (port: number): string => urlOf(reachable(config.settings()["http.address"]), port);
  return {
    ...terminal,
    stderr: inputs.stderr,
    environment,
    platform,
    packageFolder: packageFolderOf(inputs.self.at(-1) ?? ""),
    cwd: inputs.cwd,
    version,
    clock,
    tokenFile: (account) => tokenFile(folder, config.settings(), account),
    httpToken: () => {
      httpToken.read();
      return httpToken.path;
    },
    settings: createSettingsAccess(
      file,
      () => readConfig(),
      async (key, value) => {
        const { assertUsable } = await import("./written-settings.ts");
        await assertUsable(key, value, homeFolder(environment));
      },
    ),
    network: createProbes({ clock, log, environment, version }, () => upstreamSettings(config.settings(), undefined)),
    openCore,
    serve,
    probePort: async (ctx, port = config.settings()["http.port"]) => ({
      port,
      holder: await probePort(ctx, port),
    }),
    pageAddress,
    spawnSelf: (args) => spawnProgram([...inputs.self, ...args], environment),
    openBrowser: (url) => openBrowser(platform, url),
  };
}

function spawnProgram(
  [program = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ChildProgram {
  const child = spawn(program, args, { env: { ...environment }, stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<number | null>((settle) => {
    child.once("error", () => settle(127));
    child.once("close", (code) => settle(code));
  });
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited, kill: () => void child.kill() };
}
