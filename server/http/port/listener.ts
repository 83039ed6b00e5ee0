// Leader election by binding: of several processes that want one port the first has it, the others stand by and try
// again the moment it is gone. Binding is exclusive, so at most one ever has it. Does not know what is served.

import type { Clock, Log, Timer } from "../../../shared/context.ts";
import type { ListenerState } from "../../../shared/http.ts";
import { createEmitter } from "../../runtime/emitter.ts";
import type { ListenSockets } from "./listen-sockets.ts";
import { askForPort, type FindLeader, type LeaderLook, type LeaderWatch } from "./leader.ts";
import { isLoopbackAddress, reachable, urlOf } from "./loopback.ts";
import { proofFor } from "./proof.ts";
import type { HttpSettings } from "../settings.ts";

export interface Listener {
  /** Resolves with the first state that stands. Never rejects. */
  start(): Promise<ListenerState>;
  state(): ListenerState;
  /** Called on each change. Returns the way to stop. */
  onState(listener: (state: ListenerState) => void): () => void;
  /** Asks the process that has the port for it. Resolves with the state that comes of it. */
  takeOver(): Promise<ListenerState>;
  /** Gives the port back now, and waits for it again only after the process that asked has had its time to take it. */
  handOver(): void;
  /** Gives the port back, or stops waiting for it; what is connected stays so. Idempotent. */
  stop(): void;
}

type Standby = Extract<ListenerState, { kind: "standby" }>;
type Stranger = Exclude<LeaderLook, { readonly kind: "gone" | "leader" }>;

function inWords(stranger: Stranger): string {
  if (stranger.kind === "refused") return "another person's copilot-lsp";
  return stranger.isSilent ? "a program that does not answer" : "another program";
}
// A port that is in use and yet answers nobody is changing hands.
const quickTries = 20;
const quickRetryMs = 10;

/** `spread`, 0 to 1, sets this process's waits apart from those of others that wait for the same port. */
export function createListener(
  deps: {
    readonly sockets: ListenSockets;
    readonly findLeader: FindLeader;
    readonly clock: Clock;
    readonly log: Log;
    readonly spread: number;
  },
  settings: () => HttpSettings,
): Listener {
  const { sockets, findLeader, clock, log, spread } = deps;
  const states = createEmitter<ListenerState>(log);
  let state: ListenerState = { kind: "off" };
  let timer: Timer | undefined;
  let wake = (): void => undefined;
  let watch: LeaderWatch | undefined;
  let nonce = "";
  // The port that was given for port 0: after a hand-over this one is waited for.
  let givenPort = 0;
  let hasWarned = false;
  let isStopped = false;

  const enter = (next: ListenerState): ListenerState => {
    state = next;
    states.emit(next);
    return next;
  };

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve;
      timer = clock.after(ms, resolve);
    });

  const standBy = (look: Extract<LeaderLook, { kind: "leader" }>, port: number, url: string): Standby => {
    const next: Standby = { kind: "standby", port, url, holder: look.holder };
    nonce = look.nonce;
    watch = look.watch;
    log.info("HTTP: another process of yours serves; this one waits beside it", { port, pid: look.holder.pid });
    enter(next);
    look.watch.onGone(() => {
      watch = undefined;
      void compete(0);
    });
    return next;
  };

  const giveWay = (stranger: Stranger, port: number, tries: number): ListenerState => {
    const { limits } = settings();
    const waitMs = Math.min(limits.busyRetryMs * 1.5 ** tries, limits.maxBusyRetryMs) * (0.8 + 0.4 * spread);
    // One that is silent may be a process of this person that was stopped and goes on.
    const isSilent = stranger.kind === "stranger" && stranger.isSilent === true;
    timer = clock.after(waitMs, () => void compete(isSilent ? 0 : tries + 1));
    if (state.kind === "foreign" && state.port === port) return state;
    const message =
      `Port ${port} is in use by ${inWords(stranger)}, so this process does not serve HTTP. ` +
      "It takes the port over when it is free; the setting http.port names another one.";
    if (!hasWarned) log.warn(message);
    hasWarned = true;
    return enter({ kind: "foreign", port, sinceMs: clock.nowMs(), message });
  };

  const fail = (port: number, message: string): ListenerState => {
    log.warn(message);
    return enter({ kind: "failed", port, message });
  };

  /** `tries`: how often a stranger was met in a row. */
  const compete = async (tries: number): Promise<ListenerState> => {
    const { socket = "", limits, ...rest } = settings();
    const port = rest.port === 0 ? givenPort : rest.port;
    const address = rest.address === "localhost" ? "127.0.0.1" : rest.address;
    if (rest.access !== "token" && !isLoopbackAddress(address)) {
      return fail(
        port,
        `HTTP is not served on ${address}: others can reach it, so that it needs http.access = token. ` +
          "Set that, or leave http.address at 127.0.0.1.",
      );
    }
    for (let quick = 0; quick < quickTries; quick += 1) {
      const opening = await sockets.open({ address, port, socket, isLoopbackOnly: rest.access !== "token" });
      if (isStopped) return state;
      if (opening.kind === "open") {
        givenPort = opening.state.port;
        log.info("HTTP: listening", { url: opening.state.url });
        return enter(opening.state);
      }
      if (opening.code !== "EADDRINUSE") {
        return fail(port, `HTTP cannot be served on ${address}:${port}: ${opening.message}.`);
      }
      const url = urlOf(reachable(address), port);
      // Not all at once to the process that has just won.
      if (state.kind === "standby" || quick > 0) await pause(limits.staggerMs * spread);
      const look = await findLeader(url, limits.leaderTimeoutMs);
      if (isStopped) {
        if (look.kind === "leader") look.watch.leave();
        return state;
      }
      if (look.kind === "leader") return standBy(look, port, url);
      if (look.kind !== "gone") return giveWay(look, port, tries);
      if (quick > 0) await pause(quickRetryMs * (1 + spread));
    }
    return isStopped ? state : giveWay({ kind: "stranger" }, port, tries);
  };

  const takeOver = async (): Promise<ListenerState> => {
    if (state.kind !== "standby" || !watch) return state;
    const { url } = state;
    const left = watch;
    const { token, limits } = settings();
    // The answer says that the port is free; the end of the leader's connection must not start a second attempt.
    left.onGone(() => undefined);
    const released = await askForPort(clock, url, proofFor(token(), nonce), limits.leaderTimeoutMs);
    left.leave();
    watch = undefined;
    if (isStopped) return state;
    if (!released) log.warn("HTTP: the process that has the port did not hand it over", { pid: state.holder.pid });
    return compete(0);
  };

  return {
    start: () => compete(0),
    state: () => state,
    onState: (listener) => states.on(listener),
    takeOver,
    handOver() {
      if (state.kind !== "listening") return;
      sockets.close();
      enter({ kind: "off" });
      const { limits } = settings();
      timer = clock.after(limits.handOverMs * (1 + spread), () => void compete(0));
    },
    stop() {
      if (isStopped) return;
      isStopped = true;
      timer?.cancel();
      wake();
      watch?.leave();
      sockets.close();
      enter({ kind: "off" });
    },
  };
}
