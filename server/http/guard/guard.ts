// Who may ask, decided on the head of a request before any route sees it: no web page, no name that was bound to this
// address behind the browser's back (DNS rebinding), nothing oversized. Knows no routes.

import type { IncomingMessage } from "node:http";
import { memoizeLast } from "../../runtime/memoize.ts";
import { HttpError } from "../response/problem.ts";
import type { HttpSettings } from "../settings.ts";

const loopbackHosts: ReadonlySet<string> = new Set(["127.0.0.1", "localhost", "[::1]"]);

const hostHeader = "host";

// `uri-host [":" port]`, RFC 9110, section 7.2.
const hostPattern = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::\d{1,5})?$/;

function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const lower = host.toLowerCase();
  const name = hostPattern.exec(lower)?.[1];
  if (name === undefined) return false;
  return (
    loopbackHosts.has(name) || allowed.some((entry) => entry.toLowerCase() === name || entry.toLowerCase() === lower)
  );
}

function checkHost(request: IncomingMessage, isAllowed: (host: string) => boolean): void {
  const { rawHeaders } = request;
  let host: string | undefined;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? "";
    if (name.length !== hostHeader.length || name.toLowerCase() !== hostHeader) continue;
    host = rawHeaders[index + 1];
    hosts += 1;
  }
  // Only HTTP/1.0 may leave it out, and no browser speaks that.
  if (host === undefined && request.httpVersion === "1.0") return;
  if (host === undefined || hosts > 1) {
    throw new HttpError(400, "bad-request", "The request must have exactly one Host header.");
  }
  if (!isAllowed(host)) {
    throw new HttpError(403, "forbidden", "The Host header names a host that this listener does not answer for.", {
      advice: "Ask 127.0.0.1 or localhost, or add the name to the setting http.allowedHosts.",
    });
  }
}

/** Whether the page that asks, if it is a page at all, may do so. */
export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  // `null` is what every sandboxed page and local file says; it names nobody.
  return origin !== "null" && allowed.includes(origin);
}

/** Whether a request carries the key of the listener's page. */
type IsPage = (request: IncomingMessage) => boolean;

function checkOrigin(request: IncomingMessage, allowed: readonly string[], isPage: IsPage): void {
  const { origin, host } = request.headers;
  // The page of this listener. Its origin alone is no proof: what had the port before may still be open in the browser.
  const isOwn = origin === undefined || origin === `http://${host}`;
  if (isOwn && isPage(request)) return;
  if (origin !== undefined) {
    if (isAllowedOrigin(origin, allowed)) return;
    throw new HttpError(403, "forbidden", "Web pages may not ask this listener.", {
      advice: "If this page may, add its origin to the setting http.allowedOrigins.",
    });
  }
  const site = request.headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site" || site === "same-origin") {
    throw new HttpError(403, "forbidden", "A web page may not ask this listener, unless it is the listener's own.");
  }
}

/** Path of a request target, without its query. Throws `bad-request` for a target that is neither path nor URL. */
function checkTarget(target: string, settings: HttpSettings): string {
  if (target.length > settings.limits.maxUrlLength) {
    throw new HttpError(414, "bad-request", `The URL is longer than ${settings.limits.maxUrlLength} characters.`);
  }
  if (target.startsWith("/")) {
    const query = target.indexOf("?");
    return query < 0 ? target : target.slice(0, query);
  }
  // `OPTIONS *`, RFC 9110, section 7.1: of the server, so of no route.
  if (target === "*") return target;
  // The absolute form of RFC 9112, section 3.2.2, whose host takes the place of the header's.
  const url = URL.canParse(target) ? new URL(target) : undefined;
  if (url?.protocol !== "http:") throw new HttpError(400, "bad-request", "The request target is not a path.");
  if (!isAllowedHost(url.host, settings.allowedHosts)) {
    throw new HttpError(403, "forbidden", "The URL names a host that this listener does not answer for.");
  }
  return url.pathname;
}

/** Answers the path that is asked for. Throws an `HttpError` for a request that may not come in. */
export type Guard = (request: IncomingMessage, settings: HttpSettings) => string;

export function createGuard(isPage: IsPage): Guard {
  // A program says the same with each request.
  const isAllowed = memoizeLast(isAllowedHost);
  return (request, settings) => {
    checkHost(request, (host) => isAllowed(host, settings.allowedHosts));
    checkOrigin(request, settings.allowedOrigins, isPage);
    return checkTarget(request.url ?? "", settings);
  };
}
