// The composition root: settings, logs and the fronts, each handed what it needs. Only what answers `initialize` is
// imported at the top; `assembly.ts` and everything below it come with the first request that needs them.

import type { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { realpathSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { dirname, join, resolve } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { Clock, Ctx, Log, LogLevel } from "../shared/context.ts";
import { CopilotError, describeError } from "../shared/errors.ts";
import type { ListenerState } from "../shared/http.ts";
import type { TicketReply, WindowRequest } from "../shared/page.ts";
import type { AccountBinding } from "../shared/status.ts";
import type { Assembly, AssemblyInputs } from "./services.ts";
import type { GlobalArguments } from "./cli/args/parse.ts";
import type {
  ChildProgram,
  CliEnv,
  OpenCore,
  PortHolder,
  ServeOptions,
  ServeOutcome,
  SettingOverride,
} from "./cli/env.ts";
import { type Config, createConfig, type SettingFlag } from "./config/layers.ts";
import { createHttpToken } from "./config/http-token.ts";
import { configFolder, homeFolder, settingsFileName } from "./config/paths.ts";
import { section } from "./config/settings.ts";
import { createSettingsFile } from "./config/settings-file.ts";
import type { ClientIdentity, Core, SettingProblem } from "./core/types.ts";
import type { PageSource } from "./http/page/deps.ts";
import type { PeerOpening, PeerPurpose } from "./http/port/peer-connection.ts";
import type { PeersOfListener } from "./http/port/peers.ts";
import type { HttpServer } from "./http/server.ts";
import { createLogHub, type LogSink, stampLine } from "./observe/log.ts";
import { openLogFile } from "./observe/log-file.ts";
import type { RequestRecorder } from "./observe/recent-requests.ts";
import { createTracer } from "./observe/tracer.ts";
import { untilAborted } from "./runtime/cancel.ts";
import { createSelector } from "./runtime/memoize.ts";
import { systemClock } from "./runtime/system-clock.ts";

export interface AppInputs {
  readonly globals: GlobalArguments;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly cwd: string;
  /** Standard error: for everything that is neither protocol nor result. */
  readonly stderr: Writable;
  /** How this program is started again: the interpreter and what stands before our own arguments. */
  readonly self: readonly [string, ...string[]];
}

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

export interface Terminal extends Streams {
  readonly isTerminal: CliEnv["isTerminal"];
  readonly columns: number;
  readonly runtime: string;
}

// An editor waits for a keychain no longer than for a slow session; the keychain is asked on behind that. A person at a
// shell may be typing the password.
const editorKeychainLimits = { patienceMs: 1_500, signInMs: 5_000 };
const shellKeychainLimits = { patienceMs: 10_000, signInMs: 60_000 };
interface Opened extends Assembly {
  /** Answers for each file by the account that it is bound to, and without one by the process's own. */
  readonly byFile: Core;
  /** As `byFile`, but without a file by the account without a name. */
  readonly byPath: Core;
}

// Longest wait for a program on the port to say who it is.
const portProbeMs = 1_000;
/** For the process that has the port to let this one in. */
const tellLimitMs = 3_000;

export function createApp(inputs: AppInputs): App {
  const { environment, globals, platform, version } = inputs;
  const clock = systemClock;
  const folder = configFolder(environment, platform);
  const file = createSettingsFile(
    globals.configFile === undefined ? join(folder, settingsFileName) : resolve(inputs.cwd, globals.configFile),
  );
  const httpToken = createHttpToken(folder);
  const readConfig = (further: readonly SettingFlag[] = []): Config =>
    createConfig({
      flags: [...globals.overrides, ...further],
      environment,
      file: file.read(),
      fileFlag: globals.configFile === undefined ? undefined : "--config",
      onListenerError: (error) => log.error("a settings listener failed", { error: describeError(error) }),
    });
  const config = readConfig();
  const { log, addSink } = createLogHub(() => config.settings()["log.level"]);
  const closers: (() => Promise<void> | void)[] = [];
  const tracer = createTracer();

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
      closers.push(() => logFile.close());
    } catch (error) {
      addSink(toStderr);
      log.warn(`the log file ${path} cannot be opened: ${describeError(error)}`);
    }
  }

  interface Opening {
    readonly demo: boolean;
    readonly identity?: () => ClientIdentity | undefined;
    readonly config?: Config;
    readonly keychainLimits?: AssemblyInputs["keychainLimits"];
    /** Whose account is the process's own. */
    readonly place?: { readonly folder?: string | undefined; readonly account?: string | undefined };
  }

  /** The process's own account's, and one more for each other account that a file asks for. */
  async function openAssembly(opening: Opening): Promise<Opened> {
    const used = opening.config ?? config;
    const { "auth.account": rules, "service.kind": kind } = used.settings();
    const isCopilot = kind === "copilot" && !opening.demo;
    const { account, folder: place } = opening.place ?? {};
    if (!isCopilot || (rules.length === 0 && account === undefined)) {
      const only = await openOne(opening, undefined);
      return { ...only, byFile: only.core, byPath: only.core };
    }
    const [{ accountName, createFindBinding }, { createCoreByAccount }] = await Promise.all([
      import("./auth/account-binding.ts"),
      import("./core/core-by-account.ts"),
    ]);
    const findBinding = createFindBinding(rules, homeFolder(environment));
    const binding = account === undefined ? findBinding(place) : { account: accountName(account) };
    const own = await openOne(opening, binding);
    // A flag that names the account names it for every file.
    if (account !== undefined) return { ...own, byFile: own.core, byPath: own.core };
    const nameless = "";
    const accountOf = (file: string | undefined): string | undefined => {
      if (file === undefined) return undefined;
      const found = findBinding(file)?.account ?? nameless;
      return found === (binding?.account ?? nameless) ? undefined : found;
    };
    const bindingOf = (name: string): AccountBinding | undefined =>
      name === nameless
        ? undefined
        : { account: name, rule: rules.find((rule) => rule.toLowerCase().endsWith(`=${name}`)) };
    const opened = new Map<string, Promise<Core>>();
    const open = (name: string): Promise<Core> => {
      const core = opened.get(name) ?? openOne(opening, bindingOf(name)).then(({ core: one }) => one);
      opened.set(name, core);
      core.catch(() => opened.delete(name));
      return core;
    };
    const onOpenFailed = (error: unknown): void =>
      log.error("an account could not be opened", { error: describeError(error) });
    const deps = { own: own.core, open, onOpenFailed };
    return {
      ...own,
      byFile: createCoreByAccount({ ...deps, accountOf }),
      // A program that names no file is in no folder, whichever editor has the port.
      byPath: createCoreByAccount({
        ...deps,
        accountOf: (file) => (file === undefined && binding ? nameless : accountOf(file)),
      }),
    };
  }

  async function openOne(
    { demo, identity = () => undefined, config: used = config, keychainLimits = editorKeychainLimits, place }: Opening,
    binding: AccountBinding | undefined,
  ): Promise<Assembly> {
    const { assemble } = await import("./services.ts");
    const assembly = await assemble({
      clock,
      log,
      version,
      environment,
      platform,
      config: used,
      folder,
      cwd: place?.folder ?? inputs.cwd,
      demo,
      identity,
      binding,
      tracer,
      peers: openPeers,
      program: inputs.self,
      keychainLimits,
    });
    closers.push(() => assembly.close());
    return assembly;
  }

  /** Opens connections to the process of this person that has the port. */
  async function peerOpener(): Promise<
    (url: string, timeoutMs: number, purpose?: PeerPurpose) => Promise<PeerOpening>
  > {
    const [{ openPeerConnection }, { createLeaderFinder }, { createPeerOwnerFinder }] = await Promise.all([
      import("./http/port/peer-connection.ts"),
      import("./http/port/leader.ts"),
      import("./http/guard/peer-owner.ts"),
    ]);
    const findPeerOwner = createPeerOwnerFinder();
    const kernel = { clock, findPeerOwner, uid: platform === "linux" ? process.getuid?.() : undefined };
    const deps = { ...kernel, token: httpToken.read };
    const findLeader = createLeaderFinder(deps);
    return (...args) => openPeerConnection({ ...deps, findLeader }, ...args);
  }

  let peers: Promise<PeersOfListener> | undefined;
  /** Once for the process; whoever serves HTTP tells it what becomes of the port. */
  function openPeers(): Promise<PeersOfListener> {
    peers ??= (async () => {
      const [{ createPeers }, open] = await Promise.all([import("./http/port/peers.ts"), peerOpener()]);
      return createPeers({
        clock,
        open,
        onListenerError: (error) => log.error("a listener of the port failed", { error: describeError(error) }),
      });
    })();
    return peers;
  }

  /**
   * What the page shows of this process; its memory is taken when the port is won. Beside another process that has it, that
   * one is told of each request.
   */
  async function createPageSource(
    client: PageSource["client"],
  ): Promise<PageSource & { follow(state: ListenerState): void }> {
    const [{ createRequestRecorder }, { hearRequests, tellRequest }, { settingText, withoutPassword }, secrets] =
      await Promise.all([
        import("./observe/recent-requests.ts"),
        import("./http/page/window-requests.ts"),
        import("../shared/settings.ts"),
        import("./privacy/secrets.ts"),
      ]);
    const withoutSecrets = (text: string): string => secrets.redact(text, secrets.findSecrets(text));
    let recorder: RequestRecorder | undefined;
    let link: Socket | undefined;
    let state: ListenerState = { kind: "off" };
    const recorderNow = (): RequestRecorder => {
      recorder ??= createRequestRecorder({ clock, withoutSecrets });
      tracer.record(recorder);
      return recorder;
    };
    const tellHolder = async (beside: Extract<ListenerState, { kind: "standby" }>): Promise<void> => {
      const open = await peerOpener();
      const opening = await open(beside.url, tellLimitMs, "requests");
      if (opening.kind !== "open") return;
      const { socket } = opening;
      if (state !== beside) return void socket.destroy();
      link = socket;
      socket.unref();
      // Nothing comes; its end is heard.
      socket.resume();
      const { pid } = process;
      const onEnded = (request: Omit<WindowRequest, "pid">): void => tellRequest(socket, { ...request, pid });
      tracer.record(createRequestRecorder({ clock, withoutSecrets, onEnded }));
      socket.once("close", () => state === beside && tracer.record(undefined));
    };
    return {
      html: () => readFile(join(packageFolderOf(inputs.self.at(-1) ?? ""), "dist/page.html"), "utf8"),
      recorder: recorderNow,
      settings: () =>
        config.entries().map((entry) => {
          const { key, value, source, origin } = withoutPassword(entry);
          return { key, value: settingText(value), source, origin };
        }),
      onSettings: config.onChange,
      client,
      onWindow: (socket) => hearRequests(socket, (request) => recorder?.add(request)),
      follow(next) {
        state = next;
        link?.destroy();
        link = undefined;
        if (next.kind === "listening") return void recorderNow();
        recorder = undefined;
        tracer.record(undefined);
        if (next.kind !== "standby") return;
        tellHolder(next).catch((error: unknown) =>
          log.warn("the page does not show the requests of this process", { error: describeError(error) }),
        );
      },
    };
  }

  async function createHttp(
    assembly: Opened,
    port: () => number,
    httpLog: Log,
    inherited: readonly number[],
    client: PageSource["client"] = () => undefined,
  ): Promise<HttpServer> {
    const [{ createHttpServer }, { defaultHttpLimits }] = await Promise.all([
      import("./http/server.ts"),
      import("./http/settings.ts"),
    ]);
    const { meters } = assembly;
    const complete = tracer.front("http", meters.countFront("http", assembly.byPath.complete));
    const core = { ...assembly.byPath, complete, nextEdit: tracer.editFront("http", assembly.byPath.nextEdit) };
    const page = await createPageSource(client);
    const metrics = { expose: meters.expose, answered: meters.httpAnswered };
    const settingsNow = createSelector(
      () => [config.settings(), port()],
      (settings, portNow) => ({
        ...section(settings, "http"),
        port: portNow,
        token: httpToken.read,
        limits: defaultHttpLimits,
      }),
    );
    const shared = await peers;
    const onPeer = shared?.take;
    const deps = { core, clock, log: httpLog, newId: randomUUID, version, metrics, inherited, page, onPeer };
    const server = createHttpServer(deps, settingsNow);
    server.onState(page.follow);
    if (shared) server.onState(shared.tell);
    return server;
  }

  /** Keeps the listener as settings want it, also when an editor changes them. */
  function followHttpSettings(assembly: Opened, client: PageSource["client"]): void {
    const wanted = (): string => {
      const { enabled, port, address, socket, access } = section(config.settings(), "http");
      return enabled ? [port, address, socket, access].join(" ") : "";
    };
    let running: HttpServer | undefined;
    let shape: string | undefined;
    let turn = Promise.resolve();
    let isOver = false;
    const follow = (): void => {
      turn = turn
        .then(async () => {
          if (isOver || wanted() === shape) return;
          shape = wanted();
          await running?.close();
          if (shape === "") (await peers)?.leave("this process serves no HTTP (http.enabled)");
          running =
            shape === ""
              ? undefined
              : await createHttp(assembly, () => config.settings()["http.port"], log, [], client);
          if (!isOver) await running?.start();
        })
        .catch((error: unknown) => log.error(`the HTTP listener did not start: ${describeError(error)}`));
    };
    const stopFollowing = config.onChange(follow);
    closers.push(async () => {
      isOver = true;
      stopFollowing();
      // The one that runs now: those before it were closed when they gave way.
      await running?.close();
    });
    follow();
  }

  async function serveEditor(ctx: Ctx, { stdin, stdout }: Streams): Promise<number> {
    tellProblems(config.problems());
    let identity: ClientIdentity | undefined;
    const { createLspServer } = await import("./lsp/lsp-server.ts");
    return new Promise<number>((end) => {
      const server = createLspServer(
        {
          input: stdin,
          output: stdout,
          applyEditorSettings: config.setEditorLayer,
          identify: (client) => void (identity = client),
          openCore: async (workspaceFolder) => {
            const place = { folder: workspaceFolder ?? inputs.cwd };
            const assembly = await openAssembly({ demo: globals.demo, identity: () => identity, place });
            followHttpSettings(
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
      closers.push(() => server.close());
      ctx.signal.addEventListener("abort", () => end(0), { once: true });
      server.start();
    });
  }

  async function cliEnv(terminal: Terminal): Promise<CliEnv> {
    // A wrong flag makes the whole command wrong, which its verb says.
    const flagProblems = config.flagProblems();
    tellProblems(config.problems().filter((problem) => !flagProblems.includes(problem)));
    const [
      { createLeaderFinder },
      { createPeerOwnerFinder },
      { reachable, urlOf },
      { openBrowser },
      { askLocal },
      { withDeadline },
      { proofFor },
      { createSettingsAccess },
      { createProbes },
      { tokenFile, upstreamSettings },
    ] = await Promise.all([
      import("./http/port/leader.ts"),
      import("./http/guard/peer-owner.ts"),
      import("./http/port/loopback.ts"),
      import("./cli/open-browser.ts"),
      import("./cli/local-http.ts"),
      import("./cli/deadline.ts"),
      import("./http/port/proof.ts"),
      import("./config/settings-access.ts"),
      import("./upstream/probes/probes.ts"),
      import("./services.ts"),
    ]);

    // Not at the top: an editor's process starts no other, and loading this takes 2 MB.
    const { spawn: spawnChild } = await import("node:child_process");

    const configWith = (overrides: readonly SettingOverride[]): Config =>
      overrides.length === 0 ? config : readConfig(overrides.map((override) => ({ ...override, flag: override.key })));

    async function openCore(
      _ctx: Ctx,
      overrides: readonly SettingOverride[] = [],
      account?: string,
    ): Promise<OpenCore> {
      const used = configWith(overrides);
      if (used.settings()["service.kind"] === "official") await lookForPeers(used.settings()["http.port"]);
      const assembly = await openAssembly({
        demo: globals.demo,
        config: used,
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
      const assembly = await openAssembly({
        demo: globals.demo || options.demo,
        config: configWith(options.overrides ?? []),
      });
      // The verb says itself who has the port.
      const { inheritedSockets } = await import("./http/port/inherited.ts");
      const inherited = inheritedSockets(environment, process.pid);
      const server = await createHttp(assembly, () => port, { ...log, warn: log.info }, inherited);
      closers.push(() => server.close());
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

    const findLeader = createLeaderFinder({
      clock,
      findPeerOwner: createPeerOwnerFinder(),
      uid: platform === "linux" ? process.getuid?.() : undefined,
      token: httpToken.read,
    });

    /** A command waits for no port: what another process shares is there now, or is not. */
    async function lookForPeers(port: number): Promise<void> {
      const opened = await openPeers();
      const url = localUrl(port);
      const look = await findLeader(url, portProbeMs);
      if (look.kind !== "leader") return opened.leave("no other process has the port of HTTP");
      look.watch.leave();
      opened.tell({ kind: "standby", port, url, holder: look.holder });
    }

    /** Rejects only with the signal's reason. */
    async function probePort(ctx: Ctx, port: number): Promise<PortHolder> {
      const finding = findLeader(localUrl(port), portProbeMs).then((look) => {
        if (look.kind === "leader") look.watch.leave();
        return look;
      });
      const look = await untilAborted(ctx.signal, finding);
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
      const look = await untilAborted(ctx.signal, findLeader(url, portProbeMs));
      if (look.kind !== "leader") throw new CopilotError("offline", `No process of yours answers at ${url}.`);
      look.watch.leave();
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
      settings: createSettingsAccess(file, () => readConfig()),
      network: createProbes({ clock, log, environment, version }, () => upstreamSettings(config.settings(), undefined)),
      openCore,
      serve,
      probePort: async (ctx, port = config.settings()["http.port"]) => ({
        port,
        holder: await probePort(ctx, port),
      }),
      pageAddress,
      spawnSelf: (args) => spawnProgram(spawnChild, [...inputs.self, ...args], environment),
      openBrowser: (url) => openBrowser(platform, url),
    };
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

function spawnProgram(
  spawnChild: typeof spawn,
  [program = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ChildProgram {
  const child = spawnChild(program, args, { env: { ...environment }, stdio: ["pipe", "pipe", "pipe"] });
  const exited = new Promise<number | null>((settle) => {
    child.once("error", () => settle(127));
    child.once("close", (code) => settle(code));
  });
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited, kill: () => void child.kill() };
}

/** `script`: the entry as it was started, which npm links into a folder of programs; it is one folder below the package. */
function packageFolderOf(script: string): string {
  try {
    return dirname(dirname(realpathSync(script)));
  } catch {
    return dirname(dirname(script));
  }
}
