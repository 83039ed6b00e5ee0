// Finds the route of a path in the table, and the handler of a method in the route.

import { CopilotError } from "../../shared/errors.ts";
import type { Handler, Method, Route } from "./route.ts";
import { HttpError } from "./response/problem.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  /** Throws `bad-request` for a name in the path that cannot be decoded. */
  find(path: string): Match | undefined;
  /** What a path without a route is refused with. */
  notFound(path: string): HttpError;
}

interface Pattern {
  readonly route: Route;
  readonly parts: readonly string[];
}

const isName = (part: string): boolean => part.startsWith("{") && part.endsWith("}");

function matchParts(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, wanted] of pattern.entries()) {
    const part = parts[index] ?? "";
    if (isName(wanted) && part !== "") params[wanted.slice(1, -1)] = decoded(part);
    else if (wanted !== part) return undefined;
  }
  return params;
}

/** RFC 3986, section 2.1. Throws `bad-request`. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new CopilotError("bad-request", "The path is not percent-encoded as a URL is.");
  }
}

/** `routes` as written in the table; exact paths win over patterns. */
export function createRouter(routes: readonly Route[]): Router {
  const exact = new Map<string, Match>();
  const patterns: Pattern[] = [];
  for (const route of routes) {
    if (route.path.includes("{")) patterns.push({ route, parts: route.path.split("/") });
    else exact.set(route.path, { route, params: {} });
  }
  const known = routes.map((route) => `${Object.keys(route.methods).join(" and ")} ${route.path}`).join(", ");

  return {
    find(path) {
      const match = exact.get(path);
      if (match) return match;
      const parts = path.split("/");
      for (const pattern of patterns) {
        const params = matchParts(pattern.parts, parts);
        if (params) return { route: pattern.route, params };
      }
      return undefined;
    },
    notFound: (path) =>
      new HttpError(404, "not-found", `There is nothing at ${path}.`, { advice: `There is ${known}.` }),
  };
}

/** Throws `method-not-allowed`, with the `Allow` header of RFC 9110, section 15.5.6. */
export function handlerOf(route: Route, method: string): Handler {
  const asked = method === "HEAD" ? "GET" : method;
  const handler = asked === "GET" || asked === "POST" ? route.methods[asked] : undefined;
  if (handler) return handler;
  const allowed = allowedMethods(route).join(", ");
  throw new HttpError(405, "method-not-allowed", `${route.path} does not take ${method}.`, {
    advice: `It takes ${allowed}.`,
    headers: { Allow: allowed },
  });
}

/** As in an `Allow` header. */
export function allowedMethods(route: Route): readonly string[] {
  const names = Object.keys(route.methods) as readonly Method[];
  return names.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
}
