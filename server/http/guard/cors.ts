// What a web page needs to read an answer, given only to origins that the settings name. Without such a setting no
// header of this kind is ever sent. Source: the Fetch standard, section 3.2 (CORS protocol).

import type { Exchange } from "../request/exchange.ts";
import { isAllowedOrigin } from "./guard.ts";
import type { HeadLines } from "../response/head.ts";

/** Lets the page read what follows; says whether the request comes from such a page. */
export function admitPage({ request, settings, head }: Pick<Exchange, "request" | "settings" | "head">): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !isAllowedOrigin(origin, settings.allowedOrigins)) return false;
  head.push("Access-Control-Allow-Origin", origin, "Vary", "Origin");
  head.push("Access-Control-Expose-Headers", "X-Copilot-Model, X-Copilot-Source, X-Copilot-Reason, X-Request-Id");
  return true;
}

/** The headers that answer a preflight for a route with these methods. */
export function preflightHeaders(methods: readonly string[]): HeadLines {
  const allowed = ["Access-Control-Allow-Methods", methods.join(", ")];
  return allowed.concat(
    ["Access-Control-Allow-Headers", "Accept, Authorization, Content-Type"],
    ["Access-Control-Max-Age", "600"],
  );
}
