// An HTTP proxy that knows CONNECT only: leads every host to one local port, and keeps what it was asked.

import { createServer as createPlainServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { connect, type Socket } from "node:net";
import { later } from "./harness.ts";

export interface ConnectProxy {
  /** Host and port. */
  readonly host: string;
  /** Host and port of each CONNECT, in order. */
  readonly asked: readonly string[];
  /** Headers of each CONNECT. */
  readonly headers: readonly IncomingMessage["headers"][];
  openTunnels(): number;
}

export async function startConnectProxy(options: {
  /** Where every tunnel leads. */
  readonly to: string;
  /** Answers this instead of opening the tunnel. */
  readonly status?: number;
  /** Answers nothing. */
  readonly hang?: boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}): Promise<ConnectProxy> {
  const asked: string[] = [];
  const headers: IncomingMessage["headers"][] = [];
  const sockets = new Set<Socket>();
  const server: Server = options.tls ? createTlsServer(options.tls) : createPlainServer();
  let tunnels = 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("connect", (request: IncomingMessage, client: Socket) => {
    asked.push(request.url ?? "");
    headers.push(request.headers);
    client.on("error", () => client.destroy());
    if (options.hang) {
      client.resume();
      return;
    }
    if (options.status !== undefined) {
      client.end(`HTTP/1.1 ${options.status} No\r\ncontent-length: 2\r\n\r\nno`);
      return;
    }
    const { hostname, port } = new URL(options.to);
    const target = connect(Number(port), hostname, () => {
      tunnels += 1;
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target);
      target.pipe(client);
    });
    const close = (): void => {
      client.destroy();
      target.destroy();
    };
    target.on("close", () => {
      tunnels -= 1;
      close();
    });
    target.on("error", close);
    // Neither end of a tunnel for TLS lives on without the other.
    client.on("end", close);
    client.on("close", close);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  later(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { host: `127.0.0.1:${port}`, asked, headers, openTunnels: () => tunnels };
}
