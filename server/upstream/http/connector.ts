// Opens one connection to an origin, directly or through a proxy, within one deadline, and says how far it got when it
// fails. Knows nothing of HTTP.

import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import type { Clock } from "../../../shared/context.ts";
import { ConnectFailure, type ConnectStage } from "./connect-failure.ts";
import type { Proxy, ProxyChoice } from "./proxy.ts";
import { openTunnel, TunnelRefused } from "./tunnel.ts";

export interface Route {
  readonly target: URL;
  readonly choice: ProxyChoice;
  readonly strictTls: boolean;
  /** In TLS to the host; never through a proxy. */
  readonly offerHttp2: boolean;
  readonly trust: Promise<SecureContext | undefined>;
  readonly timeoutMs: number;
  readonly userAgent: string;
}

/**
 * `onSocket` is told of each socket as soon as it exists, so that its
 * owner can destroy it; that fails the opening. Throws `ConnectFailure`.
 */
export async function openConnection(clock: Clock, route: Route, onSocket: (socket: Socket) => void): Promise<Socket> {
  const { target, choice } = route;
  const proxy = choice.kind === "proxy" ? choice.proxy : undefined;
  let stage: ConnectStage = proxy ? "proxy" : "host";
  let issuer: string | undefined;
  let current: Socket | undefined;
  let isExpired = false;
  const deadline = clock.after(route.timeoutMs, () => {
    isExpired = true;
    current?.destroy(new Error("the deadline passed"));
  });
  const keep = <S extends Socket>(socket: S): S => {
    // Between two owners nobody listens, and an error that nobody hears ends the process.
    socket.on("error", () => undefined);
    current = socket;
    onSocket(socket);
    return socket;
  };

  try {
    if (choice.kind === "unusable") {
      throw new ConnectFailure({ stage: "settings", proxyHost: undefined, problem: choice.problem }, undefined);
    }
    const secureContext = await route.trust;
    if (isExpired) throw new Error("the deadline passed");
    let tunnel: Socket | undefined;
    if (proxy) {
      const toProxy = keep(reachProxy(proxy, secureContext, route.strictTls));
      await ready(toProxy, proxy.protocol === "https:" ? "secureConnect" : "connect");
      stage = "tunnel";
      tunnel = await openTunnel(toProxy, proxy, authorityOf(target), route.userAgent);
    }
    const hostname = unbracketed(target.hostname);
    if (target.protocol === "http:") {
      const socket = tunnel ?? keep(connectTcp({ host: hostname, port: portOf(target) }));
      if (!tunnel) await ready(socket, "connect");
      return tuned(socket);
    }
    if (tunnel) stage = "tls";
    const socket = keep(
      connectTls({
        ...(tunnel ? { socket: tunnel } : {}),
        host: hostname,
        port: portOf(target),
        ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
        ...(secureContext ? { secureContext } : {}),
        ALPNProtocols: route.offerHttp2 ? ["h2", "http/1.1"] : ["http/1.1"],
        rejectUnauthorized: route.strictTls,
      }),
    );
    socket.once("connect", () => {
      stage = "tls";
    });
    // Fired when the handshake is done, before the certificate is judged; afterwards it can no longer be read.
    socket.prependOnceListener("secure", () => {
      issuer = issuerOf(socket);
    });
    await ready(socket, "secureConnect");
    return tuned(socket);
  } catch (error) {
    current?.destroy();
    if (error instanceof ConnectFailure) throw error;
    const facts = { stage, proxyHost: proxy?.host, ...(issuer === undefined ? {} : { issuer }) };
    if (isExpired) throw new ConnectFailure({ ...facts, timedOutAfterMs: route.timeoutMs }, error);
    if (error instanceof TunnelRefused) throw new ConnectFailure({ ...facts, proxyStatus: error.status }, error);
    throw new ConnectFailure(facts, error);
  } finally {
    deadline.cancel();
  }
}

function reachProxy(proxy: Proxy, secureContext: SecureContext | undefined, strictTls: boolean): Socket {
  const { hostname: host, port } = proxy;
  if (proxy.protocol === "http:") return connectTcp({ host, port });
  return connectTls({
    host,
    port,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(secureContext ? { secureContext } : {}),
    ALPNProtocols: ["http/1.1"],
    rejectUnauthorized: strictTls,
  });
}

function ready(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(error);
    const closed = (): void => reject(new Error("the connection was closed while it was opened"));
    socket.once("error", fail);
    socket.once("close", closed);
    socket.once(event, () => {
      socket.removeListener("error", fail);
      socket.removeListener("close", closed);
      resolve();
    });
  });
}

function tuned(socket: Socket): Socket {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 30_000);
  return socket;
}

/** Who signed the certificate that the other end showed. */
export function issuerOf(socket: TLSSocket): string | undefined {
  const { issuer } = socket.getPeerCertificate();
  const name = issuer?.CN ?? issuer?.O;
  return Array.isArray(name) ? name[0] : name;
}

function authorityOf(target: URL): string {
  return `${target.hostname}:${portOf(target)}`;
}

function portOf(target: URL): number {
  return target.port === "" ? (target.protocol === "https:" ? 443 : 80) : Number(target.port);
}

function unbracketed(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
