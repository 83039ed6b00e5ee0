// A TLS handshake for looking only: agrees with whatever certificate is shown and tells who signed it and why it is not
// trusted, if it is not. No byte of a request is ever sent on it. Knows nothing of settings.

import { isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import type { Clock, Ctx } from "../../../shared/context.ts";
import type { Handshake } from "../../../shared/network.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { ConnectFailure } from "../http/connect-failure.ts";
import { openConnection, type Route } from "../http/connector.ts";
import { networkFailure } from "../http/failure.ts";
import { distrustInWords } from "./distrust.ts";
import { clean } from "../error-text.ts";

/**
 * `route.target` is an https URL. `route.strictTls` is for the certificate of an https proxy alone: that one is about to
 * be given the proxy's password. `route.timeoutMs` holds for the way and the handshake together. Throws `tls` when no
 * certificate was seen, else the codes of the network.
 */
export async function shakeHands(clock: Clock, ctx: Ctx, route: Route): Promise<Handshake> {
  if (ctx.signal.aborted) throw ctx.signal.reason;
  // The outermost: what is below it goes when it has gone.
  let outermost: Socket | undefined;
  let isOver = false;
  const keep = (socket: Socket): void => {
    outermost = socket;
    // Who was cancelled while the certificates were read opens nothing any more.
    if (isOver) socket.destroy();
  };
  try {
    return await untilAborted(ctx.signal, look(clock, route, keep));
  } catch (error) {
    throw ctx.signal.aborted ? ctx.signal.reason : networkFailure(error, route.target.host);
  } finally {
    isOver = true;
    outermost?.destroy();
  }
}

async function look(clock: Clock, route: Route, keep: (socket: Socket) => void): Promise<Handshake> {
  const { target, choice, timeoutMs } = route;
  const startedMs = clock.monotonicMs();
  // By plain http the way ends before TLS with the host begins; TLS with a proxy is judged all the same.
  const bare = new URL(`http://${target.hostname}:${target.port === "" ? 443 : target.port}`);
  const way = await openConnection(clock, { ...route, target: bare }, keep);
  const secureContext = await route.trust;
  const host = target.hostname.replace(/^\[|\]$/g, "");
  const facts = { stage: "tls", proxyHost: choice.kind === "proxy" ? choice.proxy.host : undefined } as const;

  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: way,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(secureContext ? { secureContext } : {}),
      ALPNProtocols: route.offerHttp2 ? ["h2", "http/1.1"] : ["http/1.1"],
      rejectUnauthorized: false,
    });
    const deadline = clock.after(timeoutMs - (clock.monotonicMs() - startedMs), () => {
      reject(new ConnectFailure({ ...facts, timedOutAfterMs: timeoutMs }, undefined));
      socket.destroy();
    });
    const fail = (cause: Error): void => {
      deadline.cancel();
      reject(new ConnectFailure(facts, cause));
    };
    socket.on("error", fail);
    socket.once("close", () => fail(new Error("the connection was closed during the handshake")));
    socket.once("secureConnect", () => {
      deadline.cancel();
      try {
        resolve(read(socket, host, clock.nowMs()));
      } catch (error) {
        reject(error);
      }
    });
    // Never the other way round: closing the way below a TLS socket that is still open crashes Node.
    socket.once("close", () => way.destroy());
    keep(socket);
  });
}

function read(socket: TLSSocket, host: string, nowMs: number): Handshake {
  const certificate = socket.getPeerCertificate();
  if (Object.keys(certificate).length === 0) {
    throw new CopilotError("tls", `${host} agreed on TLS without showing a certificate.`);
  }
  const { issuer } = certificate;
  const name = [issuer?.O, issuer?.CN].flat().find((part) => part !== undefined && part !== "");
  return {
    protocol: socket.getProtocol() ?? "TLS",
    issuer: clean(name ?? "an unnamed authority", []),
    validUntilMs: Date.parse(certificate.valid_to),
    distrust: socket.authorized ? undefined : distrustInWords(socket.authorizationError, certificate, host, nowMs),
  };
}
