// The connections to one origin. The first one decides the protocol: one HTTP/2 session for all requests, or as many
// HTTP/1.1 connections as there are requests at a time. Knows nothing of settings.

import type { Socket } from "node:net";
import { untilAborted } from "../../runtime/cancel.ts";
import { createHttp1Client, type Http1Client } from "./http1-client.ts";
import { createHttp2Session, type Http2Session } from "./http2-session.ts";
import type { Transport } from "./transport.ts";

export interface OriginPool extends Transport {
  readonly origin: string;
  isHttp2(): boolean;
  isConnected(): boolean;
  /** On all connections so far; grows with every sign of life from the origin. */
  bytesReceived(): number;
  /** HTTP/2 only: asks for a sign of life, which shows in `bytesReceived`. */
  ping(): void;
  /** Lets the requests under way finish, then closes; others are rejected with `ConnectionClosedError`. */
  close(): Promise<void>;
  /** Ends every request with `ConnectionClosedError`. */
  destroy(): Promise<void>;
}

/** The connection was given up by this side. */
export class ConnectionClosedError extends Error {
  override readonly name = "ConnectionClosedError";
  readonly code = "CONNECTION_CLOSED";

  constructor() {
    super("the connections to the host were given up");
  }
}

export interface ConnectOptions {
  readonly offerHttp2: boolean;
  /** Called with each socket as soon as it exists. */
  readonly onSocket: (socket: Socket) => void;
}

/** `connect` rejects with what the requests shall fail with. */
export function createOriginPool(
  origin: string,
  mayBeHttp2: boolean,
  connect: (options: ConnectOptions) => Promise<Socket>,
): OriginPool {
  const sockets = new Set<Socket>();
  const sessions = new Set<Http2Session>();
  let protocol: "unknown" | "http/1.1" | "h2" = mayBeHttp2 ? "unknown" : "http/1.1";
  let session: Http2Session | undefined;
  let http1: Http1Client | undefined;
  /** The first connection, where it turned out to be HTTP/1.1. */
  let firstSocket: Socket | undefined;
  let connecting: Promise<void> | undefined;
  let connectingSocket: Socket | undefined;
  let isClosed = false;
  let bytesOfClosedSockets = 0;

  const onSocket = (socket: Socket): void => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      bytesOfClosedSockets += socket.bytesRead;
    });
  };

  const connectHttp1 = async (): Promise<Socket> => {
    const socket = firstSocket;
    firstSocket = undefined;
    return socket && !socket.destroyed ? socket : connect({ offerHttp2: false, onSocket });
  };

  /** One connection for every request that waits, however many come while it is opened. */
  const connectShared = async (): Promise<void> => {
    try {
      const socket = await connect({
        offerHttp2: true,
        onSocket(opened) {
          onSocket(opened);
          connectingSocket = opened;
          if (isClosed) opened.destroy();
        },
      });
      if (isClosed) {
        socket.destroy();
      } else if ("alpnProtocol" in socket && socket.alpnProtocol === "h2") {
        protocol = "h2";
        const created = createHttp2Session(origin, socket);
        session = created;
        sessions.add(created);
        socket.once("close", () => sessions.delete(created));
      } else {
        protocol = "http/1.1";
        firstSocket = socket;
      }
    } catch (error) {
      throw isClosed ? new ConnectionClosedError() : error;
    } finally {
      connecting = undefined;
      connectingSocket = undefined;
    }
  };

  return {
    origin,
    async request(request) {
      for (;;) {
        if (isClosed) throw new ConnectionClosedError();
        request.signal.throwIfAborted();
        if (protocol === "http/1.1") return (http1 ??= createHttp1Client(origin, connectHttp1)).request(request);
        if (session?.isUsable()) return session.request(request);
        connecting ??= connectShared();
        await untilAborted(request.signal, connecting);
      }
    },
    isHttp2: () => protocol === "h2",
    isConnected: () => [...sockets].some((socket) => socket.readyState === "open"),
    bytesReceived() {
      let bytes = bytesOfClosedSockets;
      for (const socket of sockets) bytes += socket.bytesRead;
      return bytes;
    },
    ping() {
      for (const each of sessions) each.ping();
    },
    async close() {
      isClosed = true;
      connectingSocket?.destroy();
      await Promise.all([http1?.close(), ...[...sessions].map((each) => each.close())]);
      for (const socket of sockets) socket.destroy();
    },
    async destroy() {
      isClosed = true;
      const error = new ConnectionClosedError();
      for (const each of sessions) each.destroy(error);
      await http1?.destroy(error);
      for (const socket of sockets) socket.destroy();
    },
  };
}
