// GitHub's language server for as long as this program runs: started when it is first needed, or shared with the process of
// the person that has the port; started again after it ended, with pauses that double.

import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { AccountState } from "../../../shared/status.ts";
import { linkAbort, untilAborted } from "../../runtime/cancel.ts";
import type { ItemEvent } from "./feedback.ts";
import { findProgram, type Program } from "./find-program.ts";
import { joinHost } from "./guest.ts";
import { createHost } from "./host.ts";
import { type OwnProcess, type OwnProcessDeps, startOwnProcess } from "./own-process.ts";
import type { Peers } from "./peers.ts";
import { HostEndedError, type ProcessFacts, type Running } from "./running.ts";
import { createServerState, type ServerState } from "./server-state.ts";
import { settingsKey } from "./server-settings.ts";

export interface OfficialServer {
  /**
   * Works with the process that runs, started where none does; again with the next one, a few times, where that was left
   * meanwhile or the process that shares it has ended. Rejects with what keeps it from running.
   */
  use<T>(ctx: Pick<Ctx, "signal">, work: (running: Running) => Promise<T>): Promise<T>;
  /** The process that runs, as `use`. */
  running(ctx: Pick<Ctx, "signal">): Promise<Running>;
  /** A document was closed in its editor. */
  forget(uri: string): void;
  /** What became of a suggestion. */
  tellEvent(event: ItemEvent): void;
  /** What the server last said. */
  readonly state: ServerState;
  /** The account, once the process that runs has said so itself: it reads its sign-in after it has started. */
  ownAccount(ctx: Pick<Ctx, "signal">): Promise<AccountState>;
  /** Asks the server. Rejects as `running`, and with the codes of the network. */
  checkAccount(ctx: Pick<Ctx, "signal">, options: { readonly localOnly: boolean }): Promise<AccountState>;
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

export interface OfficialServerDeps extends OwnProcessDeps {
  readonly peers: Peers;
}

// One crash may be an accident; the next request starts it again at once.
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** Who ran that long has got over its trouble. */
const steadyAfterMs = 60_000;
/** A process that shares its server may end while this one comes, and the next one as well. */
const maxTries = 3;
const accountLimitMs = 20_000;

export function createOfficialServer(deps: OfficialServerDeps): OfficialServer {
  const { clock, log, machine, settings, peers } = deps;
  const life = linkAbort();
  /** The one that this process has started, while it is used. */
  let own: OwnProcess | undefined;
  let running: Running | undefined;
  /** Those that are not used any more and have not ended yet. */
  const leaving = new Set<Running>();
  let starting: Promise<Running> | undefined;
  let pause: { readonly error: CopilotError; readonly untilMs: number } | undefined;
  let crashes = 0;
  /** Whose account `state` has, where it was asked for. */
  let accountFrom: Running | undefined;
  let shown: ProcessFacts | undefined;
  let isRefused = false;
  /** When the process that has the port is asked again whether it shares its server. */
  let lookAgain = { atMs: 0, pauseMs: firstPauseMs };
  let key = settingsKey(deps);
  const state = createServerState(log, settings, (saying) => own && host.tell(saying));
  const host = createHost({
    log,
    version: deps.version,
    key: () => key,
    own: async (ctx) => {
      const now = await ensure(ctx);
      if (now !== own) throw new HostEndedError("an answer");
      return own;
    },
    readAccount: (ctx) => ownAccount(ctx),
    last: () => shown,
    said: state.said,
  });

  const startOwn = async (): Promise<OwnProcess> => {
    const before = key;
    const started = await startOwnProcess(life, deps, state);
    const startedAtMs = clock.monotonicMs();
    own = started;
    lookAgain = { atMs: startedAtMs + firstPauseMs, pauseMs: firstPauseMs };
    if (key !== before) started.tellSettings(settings());
    host.tellStarted(started);
    void started.ended.then((how) => {
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
    for (let tries = 0; tries < maxTries; tries += 1) {
      const peer = await peers.connect(life);
      if (!peer) return undefined;
      const asked = key;
      let joined: Running | undefined;
      const handlers = {
        onNotification: state.onNotification,
        onStarted: () => (shown = joined),
        onEnd() {
          log.debug("the process that shares GitHub's language server has ended, or shares it no more");
          if (running !== joined) return;
          running = undefined;
          restart();
        },
      };
      try {
        joined = await joinHost(life, deps, peer, { version: deps.version, key: asked }, handlers);
        if (key !== asked) {
          // The settings were changed meanwhile.
          void joined?.stop();
          continue;
        }
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
    follow();
    return now;
  };
  const hasFailed = (error: CopilotError): void => {
    const pauseMs = crashes === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** (crashes - 1));
    crashes += 1;
    pause = { error, untilMs: clock.monotonicMs() + pauseMs };
    log.warn(pauseMs === 0 ? error.message : `${error.message} It is left alone for ${pauseMs / 1000} s.`);
  };

  const ensure = (ctx: Pick<Ctx, "signal">): Promise<Running> => {
    if (life.signal.aborted) return Promise.reject(life.signal.reason);
    if (running) {
      if (running === own) followAgain();
      return Promise.resolve(running);
    }
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
    for (let tries = 1; ; tries += 1) {
      try {
        return await work(await ensure(ctx));
      } catch (error) {
        if (!(error instanceof HostEndedError) || tries === maxTries) throw error;
        ctx.signal.throwIfAborted();
      }
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
  /**
   * Who has the port may not have answered, or may have had other settings for as long as it took both to hear of a change:
   * that is looked at again while questions come, and ever more rarely.
   */
  const followAgain = (): void => {
    const nowMs = clock.monotonicMs();
    if (peers.role().kind !== "beside" || nowMs < lookAgain.atMs) return;
    const pauseMs = Math.min(longestPauseMs, lookAgain.pauseMs * 2);
    lookAgain = { atMs: nowMs + pauseMs, pauseMs };
    follow();
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
      accountFrom = now;
      return state.learnAccount(result);
    });
  };
  const ownAccount: OfficialServer["ownAccount"] = async (ctx) =>
    accountFrom === (await ensure(ctx)) ? state.account() : checkAccount(ctx, { localOnly: false });

  return {
    use,
    running: ensure,
    forget: (uri) => running?.forget(uri),
    tellEvent: (event) => running?.tellEvent(event),
    state,
    ownAccount,
    checkAccount,
    process: () => shown,
    sharing() {
      const role = peers.role();
      if (running?.sharedBy !== undefined) return `shared with process ${running.sharedBy}, which has started it`;
      if (role.kind === "alone") return `this process's own: ${role.why}`;
      return isRefused ? "this process's own: the one that has the port has others" : "this process's own";
    },
    find: () => findProgram(machine, settings().command),
    tellSettings() {
      own?.tellSettings(settings());
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
