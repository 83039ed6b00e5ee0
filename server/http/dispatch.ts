// Takes one request from its head to its answer: guard, route, handler, and one place where failures become answers.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { linkAbort } from "../runtime/cancel.ts";
import { redact } from "../runtime/secret.ts";
import type { Access } from "./guard/access.ts";
import { sendJson } from "./response/answer.ts";
import type { Connections } from "./connections.ts";
import type { PageKey } from "./guard/page-key.ts";
import { pagePath } from "./page/routes.ts";
import { preferred } from "./request/accept.ts";
import type { Route } from "./route.ts";
import { admitPage, preflightHeaders } from "./guard/cors.ts";
import { type ErrorFormat, plainErrors } from "./response/error-format.ts";
import type { RequestContext } from "./request/request-context.ts";
import { createGuard } from "./guard/guard.ts";
import { HttpError, problemOf } from "./response/problem.ts";
import { allowedMethods, handlerOf, type Match, type Router } from "./router.ts";
import type { HttpSettings } from "./settings.ts";
import { cutAnswer } from "./response/stream.ts";

/** A browser asks for a page, and names the format. */
function wantsPage({ method, headers }: IncomingMessage): boolean {
  return (method === "GET" || method === "HEAD") && preferred(headers.accept, ["text/html"]) !== undefined;
}

/** Never rejects. */
export type Dispatch = (
  request: IncomingMessage,
  response: ServerResponse,
  options: { readonly expectsContinue: boolean },
) => Promise<void>;

export function createDispatch(
  deps: {
    readonly router: Router;
    readonly connections: Connections;
    readonly access: Access;
    readonly pageKey: Pick<PageKey, "isCarriedBy">;
    readonly clock: Clock;
    readonly log: Log;
    readonly newId: () => string;
    readonly isClosing: () => boolean;
    /** Called with the status of every answer. */
    readonly onAnswered: (status: number) => void;
  },
  settings: () => HttpSettings,
): Dispatch {
  const { router, connections, access, pageKey, clock, log, newId, isClosing, onAnswered } = deps;
  const guard = createGuard(pageKey.isCarriedBy);

  const checkAccess = async (request: IncomingMessage, route: Route | undefined): Promise<void> => {
    const isPage = pageKey.isCarriedBy(request);
    await access.check(request, !isPage && route?.needsNoToken !== true);
    if (isPage || route?.needsPage !== true) return;
    throw new HttpError(401, "unauthorized", "Only the page of this process may ask this.", {
      advice: "Open the page anew: `copilot-lsp page`.",
      headers: { "WWW-Authenticate": 'Copilot-Page realm="copilot-lsp"' },
    });
  };

  /** `isLate`: it has come to a process that was ending already. */
  const answer = async (
    context: RequestContext,
    match: Match | undefined,
    path: string,
    isLate: boolean,
  ): Promise<void> => {
    const { request, response } = context;
    const isPage = admitPage(context);
    if (isLate) throw new CopilotError("closing", "This process is shutting down.");
    if (!match) throw router.notFound(path);
    if (isPage && request.method === "OPTIONS") {
      response.writeHead(204, preflightHeaders(allowedMethods(match.route))).end();
    } else await handlerOf(match.route, request.method ?? "")({ ...context, params: match.params });
  };

  const fail = (context: RequestContext, path: string, errorFormat: ErrorFormat, error: unknown): void => {
    const { ctx, request, response } = context;
    const problem = problemOf(error);
    if (problem.code === "internal") {
      log.error("HTTP: a request failed by a defect", { id: ctx.id, path, error: redact(describeError(error)) });
    }
    if (request.socket.destroyed || response.writableEnded) return;
    if (response.headersSent) cutAnswer(context);
    else sendJson(context, problem.status, errorFormat(problem), problem.headers);
  };

  return async (request, response, { expectsContinue }) => {
    const work = linkAbort();
    const { signal } = work;
    const id = newId();
    const startedMs = clock.monotonicMs();
    const done = connections.begin(request.socket, { work, message: request, response });
    if (signal.aborted) return;
    const now = settings();
    const isLate = isClosing();
    let reading: Timer | undefined;
    const leave = (): void => {
      reading?.cancel();
      done();
    };
    response.on("close", leave);
    // Writing to a client that has left says so here; its closing has ended the request already.
    response.on("error", leave);
    response.setHeader("X-Request-Id", id);
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("X-Content-Type-Options", "nosniff");

    const ctx = { signal, log, id };
    const context = { ctx, request, response, params: {}, settings: now, clock, expectsContinue };
    let path = "";
    let match: Match | undefined;
    try {
      if (connections.inFlight() > now.limits.maxRequests) {
        throw new CopilotError("limited", "Too many requests are under way.", { retryAfterMs: 1_000 });
      }
      path = guard(request, now);
      match = router.find(path === "/" && wantsPage(request) ? pagePath : path);
      await checkAccess(request, match?.route);
      await answer(context, match, path, isLate);
    } catch (error) {
      fail(context, path, match?.route.errorFormat ?? plainErrors, error);
    }
    // What is left to write waits for the client alone; one that never reads it does not keep the connection.
    if (response.socket && (!response.writableEnded || response.writableLength > 0)) {
      reading = clock.after(now.limits.readerTimeoutMs, () => request.socket.destroy());
    }
    onAnswered(response.statusCode);
    const ms = Math.round(clock.monotonicMs() - startedMs);
    log.debug("HTTP: answered", { id, method: request.method, path, status: response.statusCode, ms });
  };
}
