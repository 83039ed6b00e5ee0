// What a web page needs to read an answer, given only to origins that the settings name. Without such a setting no
// header of this kind is ever sent. Source: the Fetch standard, section 3.2 (CORS protocol).

import type { IncomingMessage, ServerResponse } from "node:http";
import { isAllowedOrigin } from "./guard.ts";
import type { HttpSettings } from "./settings.ts";

/** Lets the page read what follows; says whether the request comes from such a page. */
export function admitPage(request: IncomingMessage, response: ServerResponse, settings: HttpSettings): boolean {
  const { origin } = request.headers;
  if (origin === undefined || !isAllowedOrigin(origin, settings.allowedOrigins)) return false;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader(
    "Access-Control-Expose-Headers",
    "X-Copilot-Model, X-Copilot-Source, X-Copilot-Reason, X-Request-Id",
  );
  response.setHeader("Vary", "Origin");
  return true;
}

/** The headers that answer a preflight for a route with these methods. */
export function preflightHeaders(methods: readonly string[]): Readonly<Record<string, string>> {
  return {
    "Access-Control-Allow-Methods": methods.join(", "),
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
  };
}
