// Where the other processes of the person are, seen from this one: it has the port and they come to it, or another has the
// port and it goes there, or it is on its own. For what a person's processes share while several of them run.

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import type { ListenerState } from "../../../shared/http.ts";
import { createEmitter } from "../../runtime/emitter.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import type { PeerOpening } from "./peer-connection.ts";

export type PeerRole =
  /** Not known yet, or changing hands. */
  | { readonly kind: "undecided" }
  /** Others come to this process. */
  | { readonly kind: "holder" }
  | { readonly kind: "beside"; readonly url: string; readonly processId: number }
  /** `why`: for a person. */
  | { readonly kind: "alone"; readonly why: string };

export interface Peer {
  readonly stream: Duplex;
  readonly processId: number;
}

export interface Peers {
  role(): PeerRole;
  onRole(listener: (role: PeerRole) => void): () => void;
  /**
   * To the process that has the port, once it is known which that is. Undefined where this process has it, or is on its
   * own, or is not let in. Rejects only with the signal's reason.
   */
  connect(ctx: Pick<Ctx, "signal">): Promise<Peer | undefined>;
  /** Called with the connection of each process that comes while this one has the port; one listener, set once. */
  onPeer(listener: (stream: Duplex) => void): void;
}

export interface PeersOfListener extends Peers {
  /** A process has come. */
  take(socket: Socket): void;
  /** The listener is in another state. */
  tell(state: ListenerState): void;
  /** Nothing listens or waits. */
  leave(why: string): void;
}

const openLimitMs = 3_000;
/** Longest wait for it to be known who has the port: an election is a matter of milliseconds. */
const decisionLimitMs = 5_000;
const askAgainMs = 50;

export function createPeers(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly open: (url: string, timeoutMs: number) => Promise<PeerOpening>;
}): PeersOfListener {
  const { clock, open } = deps;
  const roles = createEmitter<PeerRole>(deps.log);
  let role: PeerRole = { kind: "undecided" };
  let welcome: ((stream: Duplex) => void) | undefined;

  const enter = (next: PeerRole): void => {
    role = next;
    roles.emit(next);
  };
  /** Resolves at the next change, and after `limitMs` at the latest. */
  const change = (limitMs: number): Promise<void> =>
    new Promise((settle) => {
      const end = (): void => {
        stop();
        timer.cancel();
        settle();
      };
      const stop = roles.on(end);
      const timer = clock.after(limitMs, end);
    });

  const connect = async ({ signal }: Pick<Ctx, "signal">): Promise<Peer | undefined> => {
    const untilMs = clock.monotonicMs() + decisionLimitMs;
    for (let leftMs = decisionLimitMs; leftMs > 0; leftMs = untilMs - clock.monotonicMs()) {
      if (role.kind === "holder" || role.kind === "alone") return undefined;
      if (role.kind === "undecided") await untilAborted(signal, change(leftMs));
      else {
        const asked = role;
        const opening = await open(asked.url, Math.min(leftMs, openLimitMs));
        // The port may have changed hands meanwhile, to this very process as well, which must not wait for itself.
        if (role === asked && !signal.aborted) {
          if (opening.kind === "refused") return undefined;
          if (opening.kind === "open") return { stream: opening.socket, processId: opening.processId };
        }
        if (opening.kind === "open") opening.socket.destroy();
        signal.throwIfAborted();
        // It has gone: who is next is known in a moment, or it was just beginning.
        if (role === asked) await untilAborted(signal, change(askAgainMs));
      }
    }
    return undefined;
  };

  return {
    role: () => role,
    onRole: roles.on,
    connect,
    onPeer: (listener) => void (welcome = listener),
    take: (socket) => (welcome ? welcome(socket) : socket.destroy()),
    tell: (state) => enter(roleIn(state)),
    leave: (why) => enter({ kind: "alone", why }),
  };
}

function roleIn(state: ListenerState): PeerRole {
  switch (state.kind) {
    case "off":
      return { kind: "undecided" };
    case "listening":
      return { kind: "holder" };
    case "standby":
      return { kind: "beside", url: state.url, processId: state.holder.pid };
    case "foreign":
    case "failed":
      return { kind: "alone", why: "the port of HTTP is not to be had" };
  }
}
