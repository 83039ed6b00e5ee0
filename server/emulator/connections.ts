// The TCP connections of the server: counted, found again from a request, and cut as a network does it, with a reset.

import type { Server, Socket } from "node:net";

export interface Connection {
  /** From 1, in order of arrival. */
  readonly number: number;
  /** Whether it was this side that ended it before its time. */
  isCut(): boolean;
  cut(): void;
}

export interface Connections {
  /** The connection that comes from the client's port `remotePort`. */
  from(remotePort: number | undefined): Connection;
  cutAll(): void;
}

export function trackConnections(server: Server): Connections {
  const open = new Map<number, Connection>();
  let count = 0;

  const accept = (socket: Socket): Connection => {
    count += 1;
    const number = count;
    let cut = false;
    // Small answers go out at once, so that a test's chunks arrive as they were cut.
    socket.setNoDelay(true);
    return {
      number,
      isCut: () => cut,
      cut() {
        cut = true;
        socket.resetAndDestroy();
      },
    };
  };

  // Under TLS this is the plain socket below it: the only one that can be reset.
  server.on("connection", (socket: Socket) => {
    const { remotePort } = socket;
    // First of all: a socket that was reset before it was accepted has no remote port, and still reports an error.
    socket.on("error", () => socket.destroy());
    const connection = accept(socket);
    if (remotePort === undefined) return;
    open.set(remotePort, connection);
    socket.once("close", () => {
      if (open.get(remotePort) === connection) open.delete(remotePort);
    });
  });

  const gone: Connection = { number: 0, isCut: () => false, cut: () => undefined };
  return {
    from: (remotePort) => (remotePort === undefined ? gone : (open.get(remotePort) ?? gone)),
    cutAll() {
      for (const connection of open.values()) connection.cut();
    },
  };
}
