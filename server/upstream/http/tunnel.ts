// Asks an HTTP proxy for a tunnel to a host: the CONNECT method of RFC 9110, section 9.3.6. Knows nothing of what goes
// through it.

import { request } from "node:http";
import type { Socket } from "node:net";
import type { Proxy } from "./proxy.ts";

/** The proxy answered and gave no tunnel. */
export class TunnelRefused extends Error {
  override readonly name = "TunnelRefused";
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status} to CONNECT`);
    this.status = status;
  }
}

/**
 * `socket` is connected to the proxy; what is resolved is a socket whose bytes go to `authority` (`host:port`).
 * Destroying `socket` ends the asking. Throws `TunnelRefused`, or what befell the socket.
 */
export function openTunnel(socket: Socket, proxy: Proxy, authority: string, userAgent: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = request({
      createConnection: () => socket,
      method: "CONNECT",
      path: authority,
      headers: {
        host: authority,
        "user-agent": userAgent,
        ...(proxy.authorization === undefined ? {} : { "proxy-authorization": proxy.authorization }),
      },
    });
    asking.once("connect", (answer, tunnel, head) => {
      const status = answer.statusCode ?? 0;
      if (status < 200 || status > 299) {
        tunnel.destroy();
        reject(new TunnelRefused(status));
        return;
      }
      if (head.length > 0) tunnel.unshift(head);
      resolve(socket);
    });
    asking.on("error", reject);
    asking.end();
  });
}
