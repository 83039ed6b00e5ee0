// The connections to one origin. The first one tells the protocol: one HTTP/2 session for all requests, or as many
// HTTP/1.1 connections as there are requests at a time. Knows nothing of settings.

import type { Socket } from "node:net";
import type { Dispatch, Handler } from "./dispatch.ts";
import { createHttp2Session, type Http2Session } from "./http2-session.ts";
import { type ConnectionPool, createPool } from "./undici.ts";

export interface Line {
  readonly origin: string;
  dispatch(dispatch: Dispatch, handler: Handler): void;
  isHttp2(): boolean;
  isConnected(): boolean;
  /** Grows with every sign of life from the origin: parts of answers, over HTTP/2 anything at all. */
  heard(): number;
  /** HTTP/2 only: asks for a sign of life, which shows in `heard`. */
  ping(): void;
}

export interface OwnedLine extends Line {
  /** Lets the requests under way finish, then closes; those that wait for a connection fail with `LineCut`. */
  drain(): Promise<void>;
  /** Ends every request with `LineCut`. */
  cut(): Promise<void>;
}

/** What requests on a line that was given up fail with; like a lost connection, they may be asked again. */
export class LineCut extends Error {
  override readonly name = "LineCut";
  readonly code = "LINE_CUT";
}

export interface Opening {
  readonly offerHttp2: boolean;
  /** Told of each socket as soon as it exists. */
  readonly onSocket: (socket: Socket) => void;
}

/** `open` rejects with what the requests shall fail with. */
export function createLine(
  origin: string,
  mayBeHttp2: boolean,
  open: (opening: Opening) => Promise<Socket>,
): OwnedLine {
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  const waiting: { readonly dispatch: Dispatch; readonly handler: Handler }[] = [];
  let protocol: "unknown" | "http/1.1" | "h2" = mayBeHttp2 ? "unknown" : "http/1.1";
  let session: Http2Session | undefined;
  let pool: ConnectionPool | undefined;
  let spare: Socket | undefined;
  let isOpening = false;
  let isOver = false;
  let bytesOfClosed = 0;
  let answerParts = 0;

  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      bytesOfClosed += socket.bytesRead;
    });
  };

  const http1 = (): ConnectionPool => {
    const connect = async (): Promise<Socket> => {
      const socket = spare;
      spare = undefined;
      return socket && !socket.destroyed ? socket : open({ offerHttp2: false, onSocket });
    };
    pool ??= createPool(origin, connect, () => (answerParts += 1));
    return pool;
  };

  const dispatch = (request: Dispatch, handler: Handler): void => {
    if (isOver) {
      handler.onResponseError(undefined, new LineCut("the connections to the host were given up"));
    } else if (protocol === "http/1.1") {
      http1().dispatch(request, handler);
    } else if (session?.isUsable()) {
      session.dispatch(request, handler);
    } else {
      waiting.push({ dispatch: request, handler });
      void openShared();
    }
  };

  const failWaiting = (error: Error): void => {
    for (const { handler } of waiting.splice(0)) handler.onResponseError(undefined, error);
  };

  /** One connection for everybody who waits, however many come while it is opened. */
  const openShared = async (): Promise<void> => {
    if (isOpening) return;
    isOpening = true;
    try {
      const socket = await open({ offerHttp2: true, onSocket });
      if (isOver) {
        socket.destroy();
        return;
      }
      if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") {
        protocol = "h2";
        const created = createHttp2Session(origin, socket);
        session = created;
        sessions.add(created);
        socket.once("close", () => sessions.delete(created));
      } else {
        protocol = "http/1.1";
        spare = socket;
      }
      isOpening = false;
      for (const { dispatch: request, handler } of waiting.splice(0)) {
        if (handler.isWanted()) dispatch(request, handler);
      }
    } catch (error) {
      failWaiting(error instanceof Error ? error : new Error(String(error)));
    } finally {
      isOpening = false;
    }
  };

  const end = (): LineCut => {
    isOver = true;
    const error = new LineCut("the connections to the host were given up");
    failWaiting(error);
    return error;
  };

  const destroySockets = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  return {
    origin,
    dispatch,
    isHttp2: () => protocol === "h2",
    isConnected: () => [...sockets].some((socket) => socket.readyState === "open"),
    heard() {
      // Asked with every request; there may be many connections.
      if (protocol !== "h2") return answerParts;
      let bytes = bytesOfClosed;
      for (const socket of sockets) bytes += socket.bytesRead;
      return bytes;
    },
    ping() {
      for (const each of sessions) each.ping();
    },
    async drain() {
      end();
      await Promise.all([pool?.close(), ...[...sessions].map((each) => each.drain())]);
      destroySockets();
    },
    async cut() {
      const error = end();
      for (const each of sessions) each.destroy(error);
      await pool?.destroy(error);
      destroySockets();
    },
  };
}
