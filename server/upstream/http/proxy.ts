// Which proxy, if any, leads to a host: the setting, else the environment in the way of curl and Node. Opens nothing.

import { BlockList, isIP, isIPv6 } from "node:net";
import { isLoopbackHost } from "../github/hosts.ts";

export interface Proxy {
  readonly protocol: "http:" | "https:";
  /** IPv6 addresses without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For messages: host and port, never user and password. */
  readonly host: string;
  /** Value of `Proxy-Authorization`. To be put on the wire and nowhere else. */
  readonly authorization: string | undefined;
}

export type ProxyChoice =
  | { readonly kind: "direct" }
  | { readonly kind: "proxy"; readonly proxy: Proxy }
  /** The setting or variable cannot be used; `problem` says which and why, without its text. */
  | { readonly kind: "unusable"; readonly problem: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Loopback is never proxied: another machine cannot reach it, and must not be asked to. `https_proxy`, `HTTPS_PROXY`,
 * `http_proxy`, `HTTP_PROXY` in this order; empty counts as unset.
 */
export function chooseProxy(
  settings: { readonly proxy: string; readonly noProxy: string },
  environment: Environment,
  target: URL,
): ProxyChoice {
  if (isLoopbackHost(target.hostname)) return { kind: "direct" };
  const exceptions = settings.noProxy || environment["no_proxy"] || environment["NO_PROXY"] || "";
  if (isExcepted(exceptions, target)) return { kind: "direct" };
  if (settings.proxy !== "") return readProxy(settings.proxy, "The setting upstream.proxy");
  for (const name of ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"]) {
    const value = environment[name];
    if (value) return readProxy(value, `The variable ${name}`);
  }
  return { kind: "direct" };
}

function readProxy(text: string, source: string): ProxyChoice {
  const trimmed = text.trim();
  const schemeEnd = trimmed.indexOf("://");
  const scheme = schemeEnd < 0 ? "http" : trimmed.slice(0, schemeEnd);
  const rest = schemeEnd < 0 ? trimmed : trimmed.slice(schemeEnd + "://".length);
  // Cut off by hand: for a URL, the backslash in `DOMAIN\user` ends the host, and a bare `%` or `#` is a fault.
  const at = rest.lastIndexOf("@");
  const withoutCredentials = `${scheme}://${rest.slice(at + 1)}`;
  if (!URL.canParse(withoutCredentials)) return { kind: "unusable", problem: `${source} is not a URL.` };
  const url = new URL(withoutCredentials);
  const { protocol } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    return { kind: "unusable", problem: `${source} names a ${protocol}// proxy; http:// and https:// ones work.` };
  }
  return {
    kind: "proxy",
    proxy: {
      protocol,
      hostname: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port === "" ? (protocol === "https:" ? 443 : 80) : Number(url.port),
      host: url.host,
      authorization: at > 0 ? basicAuthorization(rest.slice(0, at)) : undefined,
    },
  };
}

/** RFC 7617, from `user:password` as a URL writes it. A `%` that begins no escape stands for itself. */
function basicAuthorization(credentials: string): string {
  const [user = "", ...password] = credentials.split(":");
  const decoded = [percentDecoded(user), Buffer.from(":"), percentDecoded(password.join(":"))];
  return `Basic ${Buffer.concat(decoded).toString("base64")}`;
}

/** The bytes: an escape may be one of Latin-1 and then is no UTF-8. */
function percentDecoded(text: string): Buffer {
  const parts = text.split(/(%[\da-f]{2})/i);
  return Buffer.concat(
    parts.map((part, index) => (index % 2 === 1 ? Buffer.from(part.slice(1), "hex") : Buffer.from(part))),
  );
}

/** Entries: `*`, a name with its subdomains (leading `.` or `*.` allowed), an address or subnet, each with `:port`. */
function isExcepted(list: string, target: URL): boolean {
  const hostname = target.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = target.port === "" ? (target.protocol === "https:" ? "443" : "80") : target.port;
  for (const raw of list.split(/[\s,]+/)) {
    const entry = raw.toLowerCase();
    if (entry === "") continue;
    if (entry === "*") return true;
    if (entry.includes("/")) {
      if (isWithin(entry, hostname)) return true;
      continue;
    }
    const [, name = entry, entryPort] = isIPv6(entry) ? [] : (/^\[?(.+?)\]?(?::(\d+))?$/.exec(entry) ?? []);
    if (entryPort !== undefined && entryPort !== port) continue;
    const domain = name.replace(/^\*?\./, "");
    if (hostname === domain || (isIP(hostname) === 0 && hostname.endsWith(`.${domain}`))) return true;
  }
  return false;
}

function isWithin(subnet: string, hostname: string): boolean {
  const [network = "", prefix = ""] = subnet.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(hostname) !== family || !/^\d{1,3}$/.test(prefix)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const subnets = new BlockList();
  subnets.addSubnet(network, Number(prefix), type);
  return subnets.check(hostname, type);
}
