// One look at a time at the way to a host, for a person who wants to know why it does not work: route, name, certificate,
// answer. By the same settings as the real requests, but each on a connection of its own. Sends no token.

import { lookup } from "node:dns/promises";
import type { SecureContext } from "node:tls";
import type { Clock, Log } from "../../../shared/context.ts";
import type { NetworkProbes } from "../../../shared/network.ts";
import { createHttpClient } from "../http/http-client.ts";
import { gitHubServer } from "../github/hosts.ts";
import { identityHeaders, userAgent } from "../identity.ts";
import { createConnectionManager } from "../http/connection-manager.ts";
import { shakeHands } from "./handshake.ts";
import { addressesOf } from "./names.ts";
import { chooseProxy } from "../http/proxy.ts";
import { isFromGitHub } from "../refusal.ts";
import { serviceTimeMs } from "../http/retry-after.ts";
import type { UpstreamSettings } from "../settings.ts";
import { loadTrust } from "../http/trust.ts";

export interface ProbesDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** For the proxy variables and `NODE_EXTRA_CA_CERTS`. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Of this program. */
  readonly version: string;
}

export function createProbes(deps: ProbesDeps, settings: () => UpstreamSettings): NetworkProbes {
  const { clock, log, environment, version } = deps;
  let trustedFile: string | undefined;
  let trust: Promise<SecureContext | undefined> = Promise.resolve(undefined);

  /** Read once for all looks, so that what is wrong with the file is said once. */
  const trustOf = (caFile: string): Promise<SecureContext | undefined> => {
    if (caFile !== trustedFile) {
      trustedFile = caFile;
      trust = loadTrust(caFile, environment, log);
    }
    return trust;
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
    resolve: (ctx, host) => addressesOf({ clock, lookUp: lookUpByTheSystem }, ctx, host, settings().connectTimeoutMs),
    handshake(ctx, url) {
      const target = new URL(url);
      const { strictTls, caFile, connectTimeoutMs: timeoutMs, ...rest } = settings();
      const choice = chooseProxy(rest, environment, target);
      return shakeHands(clock, ctx, {
        target,
        choice,
        strictTls,
        // As the real connections do: what stands in between may go by it.
        offerHttp2: choice.kind === "direct",
        trust: trustOf(caFile),
        timeoutMs,
        userAgent: userAgent(version, rest),
      });
    },
    async ping(ctx, url) {
      const connections = createConnectionManager(
        { clock, log, environment, userAgent: () => userAgent(version, settings()) },
        settings,
      );
      const http = createHttpClient({ clock, connections }, settings);
      try {
        const response = await http.request(ctx, {
          method: "GET",
          url,
          headers: identityHeaders(version, settings(), undefined),
          what: "a sign of life",
          secrets: [],
        });
        return {
          httpStatus: response.status,
          fromGitHub: isFromGitHub(response.headers),
          serverNowMs: serviceTimeMs(response.headers),
        };
      } finally {
        http.close();
        await connections.close();
      }
    },
  };
}

async function lookUpByTheSystem(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
