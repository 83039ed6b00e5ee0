// What every route is given and gives: a request in, an answer out. Routes send nothing themselves.

import type { Accounts } from "./accounts.ts";
import type { Answer } from "./answer.ts";
import type { Sessions } from "./sessions.ts";
import type { Call, EditQuestion, ModelQuestion, RouteName } from "./types.ts";

export interface World {
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  /** Text of each of the `n` alternatives. */
  askModel(question: ModelQuestion): readonly string[];
  /** Text of the answer to a question about the next edit. */
  askEditModel(question: EditQuestion): string;
}

export interface Route {
  readonly name: RouteName;
  readonly method: string;
  readonly path: RegExp;
  answer(world: World, call: Call, match: RegExpExecArray): Answer;
}

export function json(body: unknown, status = 200): Answer {
  return { kind: "status", status, body };
}

/** As GitHub words an error of its REST API. */
export function githubError(status: number, message: string): Answer {
  return json({ message, documentation_url: "https://docs.github.com/rest", status: String(status) }, status);
}

/** What stands behind `Bearer` or `token`; empty when there is neither. */
function authorizationOf(call: Call): string {
  return /^(?:bearer|token) +(.+)$/i.exec(call.headers["authorization"] ?? "")?.[1] ?? "";
}

/** The refusal of a request that brings no good GitHub token; undefined when it does. */
export function refuseStranger(world: World, call: Call): Answer | undefined {
  return world.accounts.accepts(authorizationOf(call)) ? undefined : githubError(401, "Bad credentials");
}

/** The refusal of a request that brings no good session token. */
export function refuseToken(world: World, call: Call): Answer | undefined {
  if (world.sessions.accepts(authorizationOf(call))) return undefined;
  return { kind: "status", status: 401, body: "IDE token expired: unauthorized: token expired\n" };
}

/** As `refuseToken`, and of one that does not say which editor asks. */
export function refuseExpired(world: World, call: Call): Answer | undefined {
  const refused = refuseToken(world, call);
  if (refused) return refused;
  if (!call.headers["editor-version"])
    return { kind: "status", status: 400, body: "bad request: missing Editor-Version header for IDE auth\n" };
  return undefined;
}

/** A string field of a body that is JSON or a form; empty when absent. */
export function field(body: unknown, name: string): string {
  if (typeof body !== "object" || body === null) return "";
  const value: unknown = Reflect.get(body, name);
  return typeof value === "string" ? value : "";
}

/** The answer in the form that GitHub's sign-in gives it: JSON for who asks for it, else a form. */
export function signInReply(call: Call, reply: object, status = 200): Answer {
  if (call.headers["accept"]?.includes("json")) return json(reply, status);
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(reply)) form.set(name, String(value));
  return {
    kind: "status",
    status,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: form.toString(),
  };
}
