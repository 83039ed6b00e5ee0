// What a web page needs to read an answer, given only to origins that the settings name. Without such a setting no
// header of this kind is ever sent. Source: the Fetch standard, section 3.2 (CORS protocol).

import type { RequestContext } from "../request/request-context.ts";
import type { Headers } from "../response/problem.ts";
import { isAllowedOrigin } from "./guard.ts";

/** Lets the page read what follows; says whether the request comes from such a page. */
export function admitPage({ request, response, settings }: RequestContext): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !isAllowedOrigin(origin, settings.allowedOrigins)) return false;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Vary", "Origin");
  response.setHeader(
    "Access-Control-Expose-Headers",
    "X-Copilot-Model, X-Copilot-Source, X-Copilot-Reason, X-Request-Id",
  );
  return true;
}

/** The headers that answer a preflight for a route with these methods. */
export function preflightHeaders(methods: readonly string[]): Headers {
  return {
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
  };
}
