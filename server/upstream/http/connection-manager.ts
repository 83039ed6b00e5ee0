// Which connections lead to which origin, and when they are given up: other settings, a machine that slept, a request
// that found them dead. Knows nothing of requests.

import type { SecureContext } from "node:tls";
import type { Clock, Log } from "../../../shared/context.ts";
import { openConnection } from "./connector.ts";
import { createOriginPool, type OriginPool } from "./origin-pool.ts";
import { chooseProxy, type Environment } from "./proxy.ts";
import { loadTrust } from "./trust.ts";

export interface ConnectionSettings {
  readonly proxy: string;
  readonly noProxy: string;
  readonly strictTls: boolean;
  readonly caFile: string;
  readonly connectTimeoutMs: number;
}

export interface ConnectionManager {
  poolFor(origin: string): OriginPool;
  /** Requests from now on get new connections. `close`: those under way finish on the old ones. `destroy`: they fail. */
  replace(pool: OriginPool, how: "close" | "destroy"): void;
  close(): Promise<void>;
}

// Clocks that drift apart by more than this were asleep, not slewed.
const sleepMs = 5_000;

export function createConnectionManager(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly environment: Environment;
    /** For the proxy; the requests carry their own. */
    readonly userAgent: () => string;
  },
  settings: () => ConnectionSettings,
): ConnectionManager {
  const { clock, log, environment } = deps;
  const pools = new Map<string, OriginPool>();
  const closing = new Set<OriginPool>();
  let settingsKey = "";
  let trust: Promise<SecureContext | undefined> = Promise.resolve(undefined);
  let clocksApartMs = clock.nowMs() - clock.monotonicMs();

  const closeWhenIdle = (pool: OriginPool): void => {
    closing.add(pool);
    void pool.close().finally(() => closing.delete(pool));
  };

  const renewAll = (): void => {
    for (const pool of pools.values()) closeWhenIdle(pool);
    pools.clear();
  };

  const replaceOutdated = (): void => {
    const { proxy, noProxy, strictTls, caFile } = settings();
    const key = JSON.stringify([proxy, noProxy, strictTls, caFile]);
    if (key !== settingsKey) {
      settingsKey = key;
      trust = loadTrust(caFile, environment, log);
      renewAll();
    }
    const nowApartMs = clock.nowMs() - clock.monotonicMs();
    if (Math.abs(nowApartMs - clocksApartMs) > sleepMs) {
      clocksApartMs = nowApartMs;
      if (pools.size > 0) log.debug("the machine slept; connections are opened anew");
      renewAll();
    }
  };

  const create = (origin: string): OriginPool => {
    const target = new URL(origin);
    const { strictTls, connectTimeoutMs: timeoutMs, ...proxySettings } = settings();
    const choice = chooseProxy(proxySettings, environment, target);
    const mayBeHttp2 = target.protocol === "https:" && choice.kind === "direct";
    return createOriginPool(origin, mayBeHttp2, async ({ offerHttp2, onSocket }) => {
      const userAgent = deps.userAgent();
      const route = { target, choice, strictTls, offerHttp2, trust, timeoutMs, userAgent };
      const socket = await openConnection(clock, route, onSocket);
      log.debug("connected", { host: target.host, proxied: choice.kind === "proxy" });
      return socket;
    });
  };

  return {
    poolFor(origin) {
      replaceOutdated();
      const known = pools.get(origin);
      if (known) return known;
      const pool = create(origin);
      pools.set(origin, pool);
      return pool;
    },
    replace(pool, how) {
      const known = pools.get(pool.origin);
      // Two requests may find the same pool dead; the second must not give up the first one's new pool.
      if (known === undefined || known !== pool) return;
      pools.delete(pool.origin);
      if (how === "close") closeWhenIdle(known);
      else void known.destroy();
    },
    async close() {
      const all = [...pools.values(), ...closing];
      pools.clear();
      await Promise.all(all.map((pool) => pool.destroy()));
    },
  };
}
