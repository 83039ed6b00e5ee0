// Finds the route of a path in the table, and the handler of a method in the route.

import { type Dialect, plainDialect } from "./dialect.ts";
import type { Handler, Method, Route } from "./exchange.ts";
import { HttpError } from "./problem.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export interface Router {
  /** The dialect to refuse a path in, whether there is a route or not. */
  dialectOf(path: string): Dialect;
  needsToken(path: string): boolean;
  /** Throws `not-found`. */
  find(path: string): Match;
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
    if (isName(wanted) && part !== "") params[wanted.slice(1, -1)] = part;
    else if (wanted !== part) return undefined;
  }
  return params;
}

/** `routes` as written in the table; exact paths win over patterns. */
export function createRouter(routes: readonly Route[]): Router {
  const exact = new Map<string, Route>();
  const patterns: Pattern[] = [];
  for (const route of routes) {
    if (route.path.includes("{")) patterns.push({ route, parts: route.path.split("/") });
    else exact.set(route.path, route);
  }
  const known = routes.map((route) => `${Object.keys(route.methods).join(" and ")} ${route.path}`).join(", ");

  const lookUp = (path: string): Match | undefined => {
    const route = exact.get(path);
    if (route) return { route, params: {} };
    const parts = path.split("/");
    for (const pattern of patterns) {
      const params = matchParts(pattern.parts, parts);
      if (params) return { route: pattern.route, params };
    }
    return undefined;
  };

  return {
    dialectOf: (path) => lookUp(path)?.route.dialect ?? plainDialect,
    needsToken: (path) => lookUp(path)?.route.needsNoToken !== true,
    find(path) {
      const match = lookUp(path);
      if (match) return match;
      throw new HttpError(404, "not-found", `There is nothing at ${path}.`, { advice: `There is ${known}.` });
    },
  };
}

/** Throws `method-not-allowed`, with the `Allow` header of RFC 9110, section 15.5.6. */
export function handlerOf(route: Route, method: string): Handler {
  const asked: string = method === "HEAD" ? "GET" : method;
  for (const [name, handler] of Object.entries(route.methods)) if (name === asked) return handler;
  const allowed = allowedMethods(route).join(", ");
  throw new HttpError(405, "method-not-allowed", `${route.path} does not take ${method}.`, {
    advice: `It takes ${allowed}.`,
    head: ["Allow", allowed],
  });
}

/** As in an `Allow` header. */
export function allowedMethods(route: Route): readonly string[] {
  const names = Object.keys(route.methods) as readonly Method[];
  return names.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]));
}
