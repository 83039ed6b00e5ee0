// GitHub's language server for as long as this program runs: started when it is first needed, or shared with the process of
// the person that has the port; started again after it ended, with pauses that double; and what it last said of the
// account, of itself and of the quota.

import { parse } from "node:path";
import type { Duplex } from "node:stream";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { AccountState } from "../../../shared/status.ts";
import { rpcCodes, RpcError } from "../../json-rpc/rpc-error.ts";
import { createEmitter } from "../../runtime/emitter.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import { objectOf, startChild } from "./child.ts";
import { failureOfStatus, inWords, type ServerStatus } from "./failures.ts";
import type { ItemEvent } from "./feedback.ts";
import { findProgram, type Machine, type Program } from "./find-program.ts";
import { joinHost } from "./guest.ts";
import { createHost } from "./host.ts";
import { createOwnProcess, type OwnProcess } from "./own-process.ts";
import { HostEndedError, type ProcessFacts, type Running } from "./running.ts";
import { environmentOf, nested, officialSettings, type OfficialSettings, settingsKey } from "./server-settings.ts";

export interface OfficialServer {
  /**
   * Works with the process that runs, started where none does; once more with the next one where the process that shares
   * it has ended meanwhile. Rejects with what keeps it from running.
   */
  use<T>(ctx: Ctx, work: (running: Running) => Promise<T>): Promise<T>;
  /** The process that runs, as `use`. */
  running(ctx: Ctx): Promise<Running>;
  /** A document was closed in its editor. */
  forget(uri: string): void;
  /** What became of a suggestion. */
  tellEvent(event: ItemEvent): void;
  /** By what the server last said; asks nobody. */
  account(): AccountState;
  /** As `account`, once the process that runs has said so itself: it reads its sign-in after it has started. */
  ownAccount(ctx: Ctx): Promise<AccountState>;
  /** Asks the server. Rejects as `running`, and with the codes of the network. */
  checkAccount(ctx: Ctx, options: { readonly localOnly: boolean }): Promise<AccountState>;
  onAccountChange(listener: () => void): () => void;
  /** Whether the plan counts completions; undefined until the server has said. */
  countsCompletions(): boolean | undefined;
  /** Why it cannot complete just now, as its status says. */
  failure(): CopilotError | undefined;
  /** What there is to show of the process; undefined before the first. */
  process(): ProcessFacts | undefined;
  /** Whose process it is, for a person. */
  sharing(): string;
  /** Where the program is, or why there is none. */
  find(): Program;
  /** The settings are others. */
  tellSettings(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface OfficialServerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  readonly machine: Machine;
  /** Who drives this program; undefined when nobody said. */
  readonly identity: () => { readonly editorName: string; readonly editorVersion: string } | undefined;
  readonly settings: () => OfficialSettings;
  readonly peers: Peers;
}

/** Where the other processes of the person are. */
export interface Peers {
  role(): PeerRole;
  onRole(listener: () => void): () => void;
  /** To the process that has the port; undefined where this one is to have a server of its own. Rejects as its signal says. */
  connect(ctx: Pick<Ctx, "signal">): Promise<Peer | undefined>;
  /** Called with the connection of each process that comes while this one has the port. */
  onPeer(listener: (stream: Duplex) => void): void;
}

export type PeerRole =
  | { readonly kind: "undecided" | "holder" | "beside" }
  /** `why`: for a person. */
  | { readonly kind: "alone"; readonly why: string };

export interface Peer {
  readonly stream: Duplex;
  readonly processId: number;
}

// One crash may be an accident; the next request starts it again at once.
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Who ran that long has got over its trouble. */
const steadyAfterMs = 60_000;
/** A process that shares its server may end while this one comes. */
const maxJoins = 3;
const accountLimitMs = 20_000;

export function createOfficialServer(deps: OfficialServerDeps): OfficialServer {
  const { clock, log, machine, settings, peers } = deps;
  const life = linkAbort();
  const accountChanges = createEmitter<undefined>((error) =>
    log.error("a listener of the account failed", { error: String(error) }),
  );
  /** The one that this process has started, while it is used. */
  let own: OwnProcess | undefined;
  let running: Running | undefined;
  /** Those that are not used any more and have not ended yet. */
  const leaving = new Set<Running>();
  let starting: Promise<Running> | undefined;
  let pause: { readonly error: CopilotError; readonly untilMs: number } | undefined;
  let crashes = 0;
  let account: AccountState = { kind: "unknown" };
  let saidBy: Running | undefined;
  let status: ServerStatus = { kind: "Normal", message: "", command: "" };
  let isCounted: boolean | undefined;
  let lastMessage = "";
  let shown: ProcessFacts | undefined;
  let isRefused = false;
  let key = settingsKey(deps);
  /** What a process that comes to share it has to know, by method. */
  const said = new Map<string, unknown>();
  const host = createHost({
    log,
    version: deps.version,
    key: () => key,
    own: async (ctx) => {
      const now = await ensure(ctx);
      if (now !== own) throw new HostEndedError("an answer");
      return own;
    },
    said: () => [...said].map(([method, params]) => ({ method, params })),
  });

  const setAccount = (next: AccountState): void => {
    const isSame = JSON.stringify(next) === JSON.stringify(account);
    account = next;
    if (!isSame) accountChanges.emit(undefined);
  };

  const onNotification = (method: string, params: unknown): void => {
    const { kind, message, command, completions } = objectOf(params);
    const auth = method === "didChangeStatus/v2" ? authOf(params) : undefined;
    const isNews = method === "didChangeStatus" || method === "copilot/quotaChange" || auth !== undefined;
    if (isNews) said.set(method, params);
    if (own && (isNews || method === "window/showMessage")) host.tell({ method, params });
    switch (method) {
      case "didChangeStatus":
        status = { kind: inWords(kind), message: inWords(message), command: inWords(objectOf(command)["command"]) };
        return;
      case "didChangeStatus/v2":
        if (auth) setAccount(accountOf(auth["result"], inWords(auth["message"])));
        return;
      case "copilot/quotaChange":
        if (completions !== undefined) isCounted = objectOf(completions)["unlimited"] === false;
        return;
      case "window/showMessage":
        return onMessage(params);
    }
  };
  const onMessage = (params: unknown): void => {
    lastMessage = inWords(objectOf(params)["message"]);
    log.warn(`GitHub's language server says: ${lastMessage}`);
  };
  const onRequest = (method: string, params: unknown): unknown => {
    switch (method) {
      case "workspace/configuration": {
        const { items } = objectOf(params);
        const sections = Array.isArray(items) ? items.map((item) => inWords(objectOf(item)["section"])) : [];
        const all = officialSettings(settings());
        return sections.map((section) => all[section] ?? null);
      }
      case "window/showMessageRequest":
        onNotification("window/showMessage", params);
        return null;
      // The fronts of this program show a person where to go.
      case "window/showDocument":
        return { success: false };
      case "client/registerCapability":
      case "client/unregisterCapability":
      case "window/workDoneProgress/create":
        return null;
      default:
        throw new RpcError(rpcCodes.methodNotFound, `Method not found: ${method}`);
    }
  };
  const accountOf = (result: unknown, words: string): AccountState => {
    const { status: said, user } = objectOf(result);
    const name = typeof user === "string" ? { user: inWords(user) } : {};
    switch (said) {
      case "OK":
      case "MaybeOK":
      case "MaybeOk":
      case "AlreadySignedIn":
        return { kind: "signed-in", source: "official", ...name };
      case "NotAuthorized":
        return { kind: "not-authorized", source: "official", ...name, message: words || lastMessage || noCopilot };
      default:
        return { kind: "signed-out" };
    }
  };

  const startOwn = async (): Promise<OwnProcess> => {
    const { editorName = "copilot-lsp", editorVersion = deps.version } = deps.identity() ?? {};
    const child = await startChild(
      life,
      {
        clock,
        log,
        platform: machine.platform,
        environment: environmentOf(machine.environment, settings()),
        folder: parse(machine.node.path).root,
      },
      findProgram(machine, settings().command),
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
      { onRequest, onNotification },
    );
    const startedAtMs = clock.monotonicMs();
    const { processId, version, startedInMs } = child;
    log.info("GitHub's language server runs", { processId, version, startedInMs });
    const started = createOwnProcess(log, child);
    own = started;
    host.tellStarted(started);
    void child.ended.then((how) => {
      if (own !== started) return;
      own = undefined;
      if (running === started) running = undefined;
      if (clock.monotonicMs() - startedAtMs > steadyAfterMs) crashes = 0;
      hasFailed(new CopilotError("upstream-failed", `GitHub's language server ended by itself: ${how}.`));
    });
    return started;
  };
  /** The server of the process that has the port; undefined where this one is to have one of its own. */
  const share = async (): Promise<Running | undefined> => {
    for (let tries = 0; tries < maxJoins; tries += 1) {
      const peer = await peers.connect(life);
      if (!peer) return undefined;
      let joined: Running | undefined;
      const handlers = {
        onNotification,
        onStarted: () => (shown = joined),
        onEnd() {
          log.debug("the process that shares GitHub's language server has ended, or shares it no more");
          if (running !== joined) return;
          running = undefined;
          restart();
        },
      };
      try {
        joined = await joinHost(life, deps, peer, { version: deps.version, key }, handlers);
        isRefused = joined === undefined;
        if (joined) log.info("GitHub's language server is shared by another process of yours", { pid: peer.processId });
        return joined;
      } catch (error) {
        // The next one that has the port shares its own.
        if (!(error instanceof HostEndedError)) throw error;
      }
    }
    return undefined;
  };
  const start = async (): Promise<Running> => {
    const now = (await share()) ?? (await startOwn());
    running = now;
    shown = now;
    // The port may have changed hands meanwhile.
    if (now === own) follow();
    return now;
  };
  const hasFailed = (error: CopilotError): void => {
    const pauseMs = crashes === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (crashes - 1));
    crashes += 1;
    pause = { error, untilMs: clock.monotonicMs() + pauseMs };
    log.warn(`${error.message} It is started again in ${pauseMs / 1000} s at the earliest.`);
  };

  const ensure = (ctx: Pick<Ctx, "signal">): Promise<Running> => {
    if (life.signal.aborted) return Promise.reject(life.signal.reason);
    if (running) return Promise.resolve(running);
    if (pause && clock.monotonicMs() < pause.untilMs) return Promise.reject(pause.error);
    starting ??= start()
      .catch((error: unknown) => {
        if (error instanceof CopilotError && !life.signal.aborted) hasFailed(error);
        throw error;
      })
      .finally(() => {
        starting = undefined;
      });
    return untilAborted(ctx.signal, starting);
  };
  const use: OfficialServer["use"] = async (ctx, work) => {
    try {
      return await work(await ensure(ctx));
    } catch (error) {
      if (!(error instanceof HostEndedError)) throw error;
      ctx.signal.throwIfAborted();
      return work(await ensure(ctx));
    }
  };
  const leave = async (left: Running): Promise<void> => {
    if (running === left) running = undefined;
    if (own === left) own = undefined;
    leaving.add(left);
    await left.stop();
    leaving.delete(left);
  };
  /** So that the next question does not wait for it. */
  const restart = (): void => void ensure(life).catch(() => undefined);
  /** Another process has the port: what it has started takes the place of one's own, as soon as that has answered. */
  const joinInstead = async (): Promise<void> => {
    const left = own;
    if (!left) return;
    const joined = await share();
    if (!joined) return;
    if (own !== left || life.signal.aborted) return void joined.stop();
    own = undefined;
    running = joined;
    shown = joined;
    leaving.add(left);
    await left.whenIdle();
    await leave(left);
  };
  /** Goes where the role says. */
  const follow = (): void => {
    const { kind } = peers.role();
    if (kind !== "holder") host.dropAll();
    if (kind === "holder" && running && running !== own) {
      void leave(running);
      restart();
    } else if (kind === "beside" && own) {
      joinInstead().catch((error: unknown) =>
        log.debug("another process's server could not be shared", { error: String(error) }),
      );
    }
  };
  const stopFollowing = peers.onRole(follow);
  peers.onPeer(host.welcome);
  const stop = async (): Promise<void> => {
    await starting?.catch(() => undefined);
    const last = running;
    await Promise.all([...leaving, ...(last ? [last] : [])].map(leave));
  };

  const checkAccount: OfficialServer["checkAccount"] = async (ctx, { localOnly }) => {
    const about = { what: "who is signed in", limitMs: accountLimitMs };
    return use(ctx, async (now) => {
      const result = await now.request(ctx, "checkStatus", { options: { localChecksOnly: localOnly } }, about);
      saidBy = now;
      setAccount(accountOf(result, ""));
      return account;
    });
  };

  return {
    use,
    running: ensure,
    forget: (uri) => running?.forget(uri),
    tellEvent: (event) => running?.tellEvent(event),
    account: () => account,
    ownAccount: async (ctx) => (saidBy === (await ensure(ctx)) ? account : checkAccount(ctx, { localOnly: false })),
    checkAccount,
    onAccountChange: (listener) => accountChanges.on(listener),
    countsCompletions: () => isCounted,
    failure: () => failureOfStatus(status),
    process: () => shown,
    sharing() {
      const role = peers.role();
      if (running?.sharedBy !== undefined) return `shared with process ${running.sharedBy}, which has started it`;
      if (role.kind === "alone") return `this process's own: ${role.why}`;
      return isRefused ? "this process's own: the one that has the port has others" : "this process's own";
    },
    find: () => findProgram(machine, settings().command),
    tellSettings() {
      own?.tellSettings(nested(officialSettings(settings())));
      const before = key;
      key = settingsKey(deps);
      if (key === before) return;
      // Who shared it may have settings that differ now.
      host.dropAll();
      if (running && running !== own) void leave(running);
      else follow();
    },
    async close() {
      stopFollowing();
      life.abort(new CopilotError("closing", "The service was closed."));
      host.dropAll();
      await stop();
    },
  };
}

/** The part of `didChangeStatus/v2` that is about the account. */
function authOf(params: unknown): Readonly<Record<string, unknown>> | undefined {
  const { statuses } = objectOf(params);
  return (Array.isArray(statuses) ? statuses : []).map(objectOf).find(({ category, result }) => {
    return category === "auth" && result !== undefined;
  });
}

const noCopilot = "GitHub says that this account has no Copilot.";
