// Counts the open connections and the requests under way on each: enforces the caps, and ends a request whose client
// has left. Node's own timeouts close what is slow or idle.

import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { type HttpError, type Problem, problemOf } from "./response/problem.ts";
import { answerOnSocket } from "./response/raw-answer.ts";
import type { HttpLimits } from "./settings.ts";

export interface Connections {
  /** Takes in a new connection; beyond the cap the one that has been idle longest is closed for it. */
  add(socket: Socket): void;
  /** A request begins. It is aborted if the client leaves before the function returned here is called. */
  begin(socket: Socket, request: ActiveRequest): () => void;
  /** Requests under way on this connection. */
  requestsOf(socket: Socket): readonly ActiveRequest[];
  /** Nothing more can be read from this connection: ends, with `reason`, the request that is arriving, if any. */
  abortIncoming(socket: Socket, reason: CopilotError | HttpError): boolean;
  /** Lets the requests under way on this connection end, then says `problem`, if any, and closes it. Idempotent. */
  closeAfterRequests(socket: Socket, problem?: Problem): void;
  /**
   * The request under way on this connection waits for the port: it is not counted or waited for any more. False when
   * there are `maxStandbys` of them.
   */
  detach(socket: Socket): boolean;
  /** Closes the connections that there are now, each when it is idle; ends what takes longer than `withinMs`. */
  drainCurrent(withinMs: number, reason: CopilotError): void;
  /** From now on a connection is closed as soon as it is idle. Resolves when none is left. */
  drain(): Promise<void>;
  inFlight(): number;
  /** Ends every request under way with `reason`, or only those that were detached. */
  abort(reason: CopilotError, which: "counted" | "detached"): void;
  destroyAll(): void;
}

/** One request under way. */
export interface ActiveRequest {
  /** Ends it with the reason. */
  readonly work: { abort(reason: CopilotError | HttpError): void };
  /** `complete`: all of it has arrived. */
  readonly message: { readonly complete: boolean };
  readonly response: ServerResponse;
}

interface Connection {
  readonly requests: Set<ActiveRequest>;
  /** Nothing has been asked on it. */
  isNew: boolean;
  isDetached: boolean;
  /** It is closed as soon as it is idle. */
  isLast: boolean;
  /** What is left to do when it is idle; it takes no more requests. */
  leave: (() => void) | undefined;
}

// Time for a client that has just connected to ask: it would take a closed connection for a failure. The second is for a
// process that ends.
const firstRequestMs = 1_000;
const lastRequestMs = 100;
// Time for a client to read the last answer before its connection is destroyed, whatever it still sends.
const lastAnswerMs = 1_000;

export function createConnections(
  deps: { readonly clock: Clock },
  limits: Pick<HttpLimits, "maxConnections" | "maxStandbys">,
): Connections {
  const { clock } = deps;
  // In order of the last time that each became idle.
  const connections = new Map<Socket, Connection>();
  let onLastClosed: (() => void) | undefined;

  const all = (isDetached: boolean): readonly (readonly [Socket, Connection])[] =>
    [...connections].filter(([, connection]) => connection.isDetached === isDetached);

  const closeAfterRequests = (socket: Socket, problem?: Problem): void => {
    const connection = connections.get(socket);
    if (!connection) return void socket.destroy();
    if (connection.leave) return;
    connection.leave = () => {
      if (problem && socket.writable) answerOnSocket(socket, problem);
      else socket.destroySoon();
      const deadline = clock.after(lastAnswerMs, () => socket.destroy());
      socket.once("close", () => deadline.cancel());
    };
    if (connection.requests.size === 0) connection.leave();
  };

  /** `withinMs`: of a new one, from now. */
  const closeWhenIdle = (socket: Socket, connection: Connection, withinMs: number): void => {
    connection.isLast = true;
    if (!connection.isNew) return closeAfterRequests(socket);
    const deadline = clock.after(withinMs, () => closeAfterRequests(socket));
    socket.once("close", () => deadline.cancel());
  };

  const makeRoom = (): boolean => {
    if (all(false).length < limits.maxConnections) return true;
    const idle = all(false).find(([, { requests }]) => requests.size === 0);
    if (!idle) return false;
    connections.delete(idle[0]);
    idle[0].destroy();
    return true;
  };

  return {
    add(socket) {
      const hasRoom = makeRoom();
      const connection: Connection = {
        requests: new Set(),
        isNew: true,
        isDetached: false,
        isLast: false,
        leave: undefined,
      };
      connections.set(socket, connection);
      socket.once("close", () => {
        connections.delete(socket);
        for (const { work } of connection.requests) work.abort(new CopilotError("cancelled", "The client left."));
        connection.requests.clear();
        if (all(false).length === 0) onLastClosed?.();
      });
      if (!hasRoom)
        closeAfterRequests(socket, problemOf(new CopilotError("limited", "There are too many connections.")));
      else if (onLastClosed) closeWhenIdle(socket, connection, lastRequestMs);
    },
    begin(socket, request) {
      const connection = connections.get(socket);
      if (!connection || connection.leave || connection.isDetached) {
        request.work.abort(new CopilotError("cancelled", "The connection is closing."));
        return () => undefined;
      }
      connection.isNew = false;
      connection.requests.add(request);
      return () => {
        if (!connection.requests.delete(request) || connection.requests.size > 0) return;
        if (connection.leave) connection.leave();
        else if (connection.isDetached) socket.destroySoon();
        else if (connection.isLast) closeAfterRequests(socket);
        else if (connections.delete(socket)) connections.set(socket, connection);
      };
    },
    requestsOf: (socket) => [...(connections.get(socket)?.requests ?? [])],
    abortIncoming(socket, reason) {
      const arriving = [...(connections.get(socket)?.requests ?? [])].filter(({ message }) => !message.complete);
      for (const { work } of arriving) work.abort(reason);
      return arriving.length > 0;
    },
    closeAfterRequests,
    detach(socket) {
      const connection = connections.get(socket);
      if (!connection || connection.leave || all(true).length >= limits.maxStandbys) return false;
      connection.isDetached = true;
      return true;
    },
    drainCurrent(withinMs, reason) {
      const leaving = all(false);
      for (const [socket, connection] of leaving) closeWhenIdle(socket, connection, firstRequestMs);
      clock.after(withinMs, () => {
        for (const [, { requests }] of leaving) for (const { work } of requests) work.abort(reason);
      });
    },
    drain: () =>
      new Promise((resolve) => {
        onLastClosed = resolve;
        if (all(false).length === 0) resolve();
        for (const [socket, connection] of all(false)) {
          if (connection.requests.size === 0) closeWhenIdle(socket, connection, lastRequestMs);
          else connection.isLast = true;
        }
      }),
    inFlight: () => all(false).reduce((count, [, { requests }]) => count + requests.size, 0),
    abort(reason, which) {
      for (const [, { requests }] of all(which === "detached")) for (const { work } of requests) work.abort(reason);
    },
    destroyAll() {
      for (const socket of connections.keys()) socket.destroy();
    },
  };
}
