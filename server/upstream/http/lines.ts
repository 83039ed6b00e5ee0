// Which connections lead to which origin, and when they are given up: other settings, a machine that slept, a request
// that found them dead. Knows nothing of requests.

import type { SecureContext } from "node:tls";
import type { Clock, Log } from "../../../shared/context.ts";
import { openConnection } from "./connector.ts";
import { createLine, type Line, type OwnedLine } from "./line.ts";
import { chooseProxy, type Environment } from "./proxy.ts";
import { loadTrust } from "./trust.ts";

export interface LineSettings {
  readonly proxy: string;
  readonly noProxy: string;
  readonly strictTls: boolean;
  readonly caFile: string;
  readonly connectTimeoutMs: number;
}

export interface Lines {
  to(origin: string): Line;
  /** Requests from now on get new connections. `drain`: those under way go on on the old ones. `cut`: they fail. */
  replace(line: Line, how: "drain" | "cut"): void;
  close(): Promise<void>;
}

// Clocks that drift apart by more than this were asleep, not slewed.
const sleepMs = 5_000;

export function createLines(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly environment: Environment;
    /** For the proxy; the requests carry their own. */
    readonly userAgent: () => string;
  },
  settings: () => LineSettings,
): Lines {
  const { clock, log, environment } = deps;
  const lines = new Map<string, OwnedLine>();
  const draining = new Set<OwnedLine>();
  let settingsSeen: LineSettings | undefined;
  let settingsKey = "";
  let trust: Promise<SecureContext | undefined> = Promise.resolve(undefined);
  let clocksApartMs = clock.nowMs() - clock.monotonicMs();

  const drain = (line: OwnedLine): void => {
    draining.add(line);
    void line.drain().finally(() => draining.delete(line));
  };

  const renewAll = (): void => {
    for (const line of lines.values()) drain(line);
    lines.clear();
  };

  const notice = (): void => {
    const now = settings();
    if (now !== settingsSeen) {
      settingsSeen = now;
      const { proxy, noProxy, strictTls, caFile } = now;
      const key = JSON.stringify([proxy, noProxy, strictTls, caFile]);
      if (key !== settingsKey) {
        settingsKey = key;
        trust = loadTrust(caFile, environment, log);
        renewAll();
      }
    }
    const nowApartMs = clock.nowMs() - clock.monotonicMs();
    if (Math.abs(nowApartMs - clocksApartMs) > sleepMs) {
      clocksApartMs = nowApartMs;
      if (lines.size > 0) log.debug("the machine slept; connections are opened anew");
      renewAll();
    }
  };

  const create = (origin: string): OwnedLine => {
    const target = new URL(origin);
    const { strictTls, connectTimeoutMs: timeoutMs, ...proxySettings } = settings();
    const choice = chooseProxy(proxySettings, environment, target);
    const mayBeHttp2 = target.protocol === "https:" && choice.kind === "direct";
    return createLine(origin, mayBeHttp2, async ({ offerHttp2, onSocket }) => {
      const userAgent = deps.userAgent();
      const route = { target, choice, strictTls, offerHttp2, trust, timeoutMs, userAgent };
      const socket = await openConnection(clock, route, onSocket);
      log.debug("connected", { host: target.host, proxied: choice.kind === "proxy" });
      return socket;
    });
  };

  return {
    to(origin) {
      notice();
      const known = lines.get(origin);
      if (known) return known;
      const line = create(origin);
      lines.set(origin, line);
      return line;
    },
    replace(line, how) {
      const known = lines.get(line.origin);
      // Two requests may find the same line dead; the second must not give up the first one's new line.
      if (known === undefined || known !== line) return;
      lines.delete(line.origin);
      if (how === "drain") drain(known);
      else void known.cut();
    },
    async close() {
      const all = [...lines.values(), ...draining];
      lines.clear();
      await Promise.all(all.map((line) => line.cut()));
    },
  };
}
