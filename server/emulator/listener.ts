// The server below the routes: plain, TLS, or TLS with HTTP/2 offered, on loopback. Hands over every request as it
// comes, with the connection it came on.

import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { Server } from "node:net";
import { type Connection, trackConnections } from "./connections.ts";
import type { Incoming, Outgoing } from "./exchange.ts";
import type { EmulatorOptions } from "./types.ts";

export interface Listener {
  /** Base address, without a trailing slash. */
  readonly url: string;
  cutConnections(): void;
  /** Cuts every connection and listens no more. Idempotent. */
  close(): Promise<void>;
}

export type OnRequest = (incoming: Incoming, outgoing: Outgoing, connection: Connection) => void;

/** Rejects when the port is taken. */
export async function startListener(
  options: Pick<EmulatorOptions, "port" | "tls">,
  onRequest: OnRequest,
): Promise<Listener> {
  const handle = (incoming: Incoming, outgoing: Outgoing): void =>
    onRequest(incoming, outgoing, connections.from(incoming.socket.remotePort));
  const server = createFor(options.tls, handle);
  const connections = trackConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      server.off("error", reject);
      // Later ones are of single connections that could not be accepted; unheard, they would end the process.
      server.on("error", () => undefined);
      resolve();
    });
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  let closed: Promise<void> | undefined;
  return {
    url: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    cutConnections: connections.cutAll,
    close() {
      closed ??= new Promise((resolve) => {
        server.close(() => resolve());
        connections.cutAll();
      });
      return closed;
    },
  };
}

function createFor(tls: EmulatorOptions["tls"], handle: (incoming: Incoming, outgoing: Outgoing) => void): Server {
  // Longer than any client keeps an idle connection: who closes first is for the tests to say.
  const keepAliveTimeout = 600_000;
  if (!tls) return createServer({ keepAliveTimeout }, handle);
  const { key, cert } = tls;
  if (!tls.http2) return createTlsServer({ key, cert, keepAliveTimeout }, handle);
  return createSecureServer({ key, cert, allowHTTP1: true }, handle);
}
