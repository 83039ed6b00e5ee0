// Keeps count of the open connections and of the requests under way on each: how many there may be, how long one may
// stand idle, and who has to be told when a client leaves. Does not read what goes over them.

import type { Socket } from "node:net";
import type { Clock, Timer } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { HttpError, type Problem, problemOf } from "./response/problem.ts";
import { answerOnSocket } from "./response/raw-answer.ts";
import type { HttpLimits } from "./settings.ts";

export interface Connections {
  /** Takes in a new connection; beyond the cap the one that has been idle longest makes room. */
  add(socket: Socket): void;
  /** A request begins. It is aborted if the client leaves before the function returned here is called. */
  begin(socket: Socket, request: UnderWay): () => void;
  /** What comes on this connection can be read no further: ends, with `reason`, the request that is arriving, if any. */
  breakOff(socket: Socket, reason: CopilotError): boolean;
  /** Lets the requests under way on this connection end, then says `problem`, if any, and closes it. Idempotent. */
  dismiss(socket: Socket, problem: Problem | undefined): void;
  /**
   * The request under way on this connection is one that waits for the port: neither is counted from now on, nor waited
   * for. False when there are `maxStandbys` of them.
   */
  setAside(socket: Socket): boolean;
  /** Lets the connections that there are now go, each when it is idle; ends what takes longer than `withinMs`. */
  letGo(withinMs: number, reason: CopilotError): void;
  /** Ends, with `reason`, the requests that were set aside. */
  abortAside(reason: CopilotError): void;
  /** Requests under way. */
  inFlight(): number;
  /** From now on a connection is closed as soon as it is idle. Resolves when none is left. */
  retire(): Promise<void>;
  /** Ends every request under way with `reason`. */
  abortAll(reason: CopilotError): void;
  destroyAll(): void;
}

/** One request under way. */
export interface UnderWay {
  /** Ends it with the reason. */
  readonly work: { abort(reason: CopilotError): void };
  /** `complete`: all of it is here. */
  readonly message: { readonly complete: boolean };
}

interface Connection {
  readonly socket: Socket;
  readonly requests: Set<UnderWay>;
  isAside: boolean;
  /** What is left to do when it is idle; it takes no more requests. */
  leave: (() => void) | undefined;
  /** Looks whether it is idle for too long; not set anew for each request, but when it finds that there was one. */
  timer: Timer | undefined;
  /** By the monotonic clock. */
  idleSinceMs: number;
  /** `socket.bytesRead` when it became idle: more than that at the end of its time is half a head. */
  bytesAtIdle: number;
}

// Time for a client to take the last words before its connection goes, whatever it still sends.
const lastWordsMs = 1_000;

const headTimeout = new HttpError(408, "request-timeout", "The head of the request did not arrive in time.").problem;

export function createConnections(
  deps: { readonly clock: Clock },
  limits: Pick<HttpLimits, "headTimeoutMs" | "maxConnections" | "maxStandbys">,
): Connections {
  const { clock } = deps;
  const connections = new Map<Socket, Connection>();
  const aside = new Map<Socket, Connection>();
  let inFlight = 0;
  let onLastGone: (() => void) | undefined;

  const release = (connection: Connection, problem: Problem | undefined): void => {
    const { socket } = connection;
    if (connection.leave) return;
    connection.leave = () => {
      if (problem && socket.writable) answerOnSocket(socket, problem);
      else socket.destroySoon();
      connection.timer?.cancel();
      connection.timer = clock.after(lastWordsMs, () => socket.destroy());
    };
    if (connection.requests.size === 0) connection.leave();
  };

  const rest = (connection: Connection): void => {
    const { socket } = connection;
    if (connection.isAside) {
      socket.destroySoon();
      return;
    }
    if (connection.leave) {
      connection.leave();
      return;
    }
    if (onLastGone) {
      release(connection, undefined);
      return;
    }
    connection.idleSinceMs = clock.monotonicMs();
    connection.bytesAtIdle = socket.bytesRead;
    if (!connection.timer) lookAfter(connection, limits.headTimeoutMs);
  };

  const lookAfter = (connection: Connection, delayMs: number): void => {
    const { socket } = connection;
    connection.timer = clock.after(delayMs, () => {
      connection.timer = undefined;
      if (connection.leave || connection.requests.size > 0) return;
      const leftMs = limits.headTimeoutMs - (clock.monotonicMs() - connection.idleSinceMs);
      if (leftMs > 0) lookAfter(connection, leftMs);
      else release(connection, socket.bytesRead > connection.bytesAtIdle ? headTimeout : undefined);
    });
  };

  const makeRoom = (): boolean => {
    let oldest: Connection | undefined;
    for (const connection of connections.values()) {
      if (connection.requests.size > 0) continue;
      if (!oldest || connection.idleSinceMs < oldest.idleSinceMs) oldest = connection;
    }
    if (!oldest) return false;
    connections.delete(oldest.socket);
    oldest.socket.destroy();
    return true;
  };

  const forget = (connection: Connection): void => {
    connection.timer?.cancel();
    connections.delete(connection.socket);
    aside.delete(connection.socket);
    if (!connection.isAside) inFlight -= connection.requests.size;
    for (const request of connection.requests) {
      connection.requests.delete(request);
      request.work.abort(new CopilotError("cancelled", "The client left."));
    }
    if (connections.size === 0) onLastGone?.();
  };

  return {
    add(socket) {
      const isFull = connections.size >= limits.maxConnections && !makeRoom();
      const connection: Connection = {
        socket,
        requests: new Set(),
        isAside: false,
        leave: undefined,
        timer: undefined,
        idleSinceMs: clock.monotonicMs(),
        bytesAtIdle: 0,
      };
      socket.once("close", () => forget(connection));
      connections.set(socket, connection);
      if (isFull) release(connection, problemOf(new CopilotError("limited", "There are too many connections.")));
      else rest(connection);
    },
    begin(socket, request) {
      const connection = connections.get(socket);
      // Nothing comes behind a request that was set aside.
      if (!connection || connection.leave) {
        request.work.abort(new CopilotError("cancelled", "The connection is closing."));
        return () => undefined;
      }
      connection.requests.add(request);
      inFlight += 1;
      return () => {
        if (!connection.requests.delete(request)) return;
        if (!connection.isAside) inFlight -= 1;
        if (connection.requests.size === 0) rest(connection);
      };
    },
    breakOff(socket, reason) {
      const requests = connections.get(socket)?.requests ?? new Set<UnderWay>();
      const arriving = [...requests].filter(({ message }) => !message.complete);
      for (const { work } of arriving) work.abort(reason);
      return arriving.length > 0;
    },
    dismiss(socket, problem) {
      const connection = connections.get(socket);
      if (connection) release(connection, problem);
      else socket.destroy();
    },
    setAside(socket) {
      const connection = connections.get(socket);
      if (!connection || connection.leave || aside.size >= limits.maxStandbys) return false;
      connection.isAside = true;
      inFlight -= connection.requests.size;
      connections.delete(socket);
      aside.set(socket, connection);
      return true;
    },
    letGo(withinMs, reason) {
      const leaving = [...connections.values()];
      for (const connection of leaving) release(connection, undefined);
      clock.after(withinMs, () => {
        for (const { requests } of leaving) for (const { work } of requests) work.abort(reason);
      });
    },
    abortAside(reason) {
      for (const { requests } of aside.values()) for (const { work } of requests) work.abort(reason);
    },
    inFlight: () => inFlight,
    retire: () =>
      new Promise<void>((resolve) => {
        onLastGone = resolve;
        if (connections.size === 0) resolve();
        for (const connection of connections.values())
          if (connection.requests.size === 0) release(connection, undefined);
      }),
    abortAll(reason) {
      for (const { requests } of connections.values()) for (const { work } of requests) work.abort(reason);
    },
    destroyAll() {
      for (const socket of [...connections.keys(), ...aside.keys()]) socket.destroy();
    },
  };
}
