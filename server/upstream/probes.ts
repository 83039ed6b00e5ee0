// One look at a time at the way to a host, for a person who wants to know why it does not work: route, name, certificate,
// answer. By the same settings as the real requests, but each on a connection of its own. Sends no token.

import { lookup } from "node:dns/promises";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { createAsker } from "./ask.ts";
import { issuerOf, openConnection } from "./connector.ts";
import { networkFailure } from "./failure.ts";
import { gitHubServer } from "./hosts.ts";
import { identityHeaders, userAgent } from "./identity.ts";
import { createLines } from "./lines.ts";
import { chooseProxy } from "./proxy.ts";
import { isFromGitHub } from "./refusal.ts";
import { serviceTimeMs } from "./retry-after.ts";
import type { UpstreamSettings } from "./settings.ts";
import { loadTrust } from "./trust.ts";

export interface ProbesDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

export interface Probes {
  /** URLs that sign-in and the token exchange talk to. Throws `bad-request` for settings that name none. */
  addresses(): readonly string[];
  /** How traffic to `url` leaves this machine; `proxy` is its host and port, never user and password. */
  route(
    url: string,
  ):
    | { readonly kind: "direct" }
    | { readonly kind: "proxy"; readonly proxy: string }
    | { readonly kind: "unusable"; readonly problem: string };
  /** Addresses of a host name, by the system's resolver. Throws `offline`. */
  resolve(ctx: Ctx, host: string): Promise<readonly string[]>;
  /**
   * A TLS handshake, also with a certificate that is not trusted: then `distrust` says why. Throws the codes of the
   * network, `tls` only when no certificate was seen.
   */
  handshake(ctx: Ctx, url: string): Promise<HandshakeSeen>;
  /** One GET. Throws the codes of the network; no status is an error. */
  ping(ctx: Ctx, url: string): Promise<PongSeen>;
}

export interface HandshakeSeen {
  /** `TLSv1.3` */
  readonly protocol: string;
  /** Common name or organisation of who signed the certificate. */
  readonly issuer: string;
  readonly validUntilMs: number;
  readonly distrust: string | undefined;
}

export interface PongSeen {
  readonly httpStatus: number;
  readonly fromGitHub: boolean;
  readonly serverNowMs: number | undefined;
}

export function createProbes(deps: ProbesDeps, settings: () => UpstreamSettings): Probes {
  const { clock, log, environment, version } = deps;

  const openedTo = async (ctx: Ctx, target: URL): Promise<Socket> => {
    const { caFile, connectTimeoutMs: timeoutMs, ...rest } = settings();
    const sockets = new Set<Socket>();
    const leave = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    ctx.signal.addEventListener("abort", leave, { once: true });
    try {
      const route = {
        target,
        choice: chooseProxy(rest, environment, target),
        // A certificate that is not trusted is what the person wants to see.
        strictTls: false,
        offerHttp2: false,
        trust: loadTrust(caFile, environment, log),
        timeoutMs,
        userAgent: userAgent(version, rest),
      };
      return await untilAborted(
        ctx.signal,
        openConnection(clock, route, (socket) => sockets.add(socket)),
      );
    } finally {
      ctx.signal.removeEventListener("abort", leave);
    }
  };

  return {
    addresses() {
      const { serverUrl, apiUrl } = gitHubServer(settings());
      return [...new Set([serverUrl, apiUrl])];
    },
    route(url) {
      const choice = chooseProxy(settings(), environment, new URL(url));
      return choice.kind === "proxy" ? { kind: "proxy", proxy: choice.proxy.host } : choice;
    },
    async resolve(ctx, host) {
      try {
        const found = await untilAborted(ctx.signal, lookup(host, { all: true }));
        return found.map(({ address }) => address);
      } catch (error) {
        if (ctx.signal.aborted) throw ctx.signal.reason;
        throw new CopilotError("offline", `The name ${host} was not found.`, {
          advice: "Check the network and its name server.",
          cause: error,
        });
      }
    },
    async handshake(ctx, url) {
      const target = new URL(url);
      const socket = await openedTo(ctx, target).catch((error: unknown) => {
        throw ctx.signal.aborted ? ctx.signal.reason : networkFailure(error, target.host);
      });
      try {
        if (!(socket instanceof TLSSocket)) {
          throw new CopilotError("bad-request", `${target.host} is reached without TLS.`);
        }
        return {
          protocol: socket.getProtocol() ?? "TLS",
          issuer: issuerOf(socket) ?? "an unnamed authority",
          validUntilMs: Date.parse(socket.getPeerCertificate().valid_to),
          distrust: socket.authorized ? undefined : String(socket.authorizationError),
        };
      } finally {
        socket.destroy();
      }
    },
    async ping(ctx, url) {
      const lines = createLines({ clock, log, environment, userAgent: () => userAgent(version, settings()) }, settings);
      const asker = createAsker({ clock, lines }, settings);
      try {
        const { status, headers } = await asker.ask(ctx, {
          method: "GET",
          url,
          headers: identityHeaders(version, settings(), undefined),
          what: "a sign of life",
          secrets: [],
        });
        return { httpStatus: status, fromGitHub: isFromGitHub(headers), serverNowMs: serviceTimeMs(headers) };
      } finally {
        asker.close();
        await lines.close();
      }
    },
  };
}
