// Takes one request from its head to its answer: guard, route, handler, and one place where failures become answers.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, Log, Timer } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { linkAbort } from "../runtime/cancel.ts";
import { redact } from "../runtime/secret.ts";
import type { Access } from "./guard/access.ts";
import { sendJson, sendNothing } from "./response/answer.ts";
import type { Connections } from "./connections.ts";
import { admitPage, preflightHeaders } from "./guard/cors.ts";
import { plainDialect } from "./response/error-format.ts";
import type { Exchange } from "./request/exchange.ts";
import { createGuard } from "./guard/guard.ts";
import { steadyHead } from "./response/head.ts";
import { problemOf } from "./response/problem.ts";
import { allowedMethods, handlerOf, type Match, type Router } from "./router.ts";
import type { HttpSettings } from "./settings.ts";
import { cutAnswer } from "./response/stream.ts";

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
    readonly clock: Clock;
    readonly log: Log;
    readonly newId: () => string;
    readonly isClosing: () => boolean;
    /** Called with the status of every answer. */
    readonly onAnswered: (status: number) => void;
  },
  settings: () => HttpSettings,
): Dispatch {
  const { router, connections, access, clock, log, newId, isClosing, onAnswered } = deps;
  const guard = createGuard();

  /** Answers at once, or later; throws, or rejects with, what the request is to be refused with. */
  const serve = (exchange: Exchange, path: string, match: Match | undefined): void | Promise<void> => {
    const { request } = exchange;
    const isPage = admitPage(exchange);
    if (isClosing()) throw new CopilotError("closing", "This process is shutting down.");
    if (!match) throw router.notFound(path);
    const { route, params } = match;
    exchange.params = params;
    if (!isPage || request.method !== "OPTIONS") return handlerOf(route, request.method ?? "")(exchange);
    return sendNothing(exchange, preflightHeaders(allowedMethods(route)));
  };

  const fail = (exchange: Exchange, path: string, match: Match | undefined, error: unknown): void => {
    const { ctx, request, response } = exchange;
    const problem = problemOf(error);
    if (problem.code === "internal") {
      log.error("HTTP: a request failed by a defect", { id: ctx.id, path, error: redact(describeError(error)) });
    }
    if (request.socket.destroyed || response.writableEnded) return;
    if (response.headersSent) cutAnswer(exchange);
    else sendJson(exchange, problem.status, (match?.route.dialect ?? plainDialect)(problem), problem.head);
  };

  return async (request, response, { expectsContinue }) => {
    const work = linkAbort();
    const { signal } = work;
    const id = newId();
    const startedMs = clock.monotonicMs();
    const done = connections.begin(request.socket, { work, message: request });
    if (signal.aborted) return;
    const now = settings();
    const isOneTooMany = connections.inFlight() > now.limits.maxRequests;
    let reading: Timer | undefined;
    const leave = (): void => {
      reading?.cancel();
      done();
    };
    response.on("close", leave);
    // Writing to a client that has left says so here; its closing has ended the request already.
    response.on("error", leave);

    const exchange: Exchange = {
      ctx: { signal, log, id },
      request,
      response,
      head: steadyHead(id),
      body: { isTaken: false },
      params: {},
      settings: now,
      clock,
      expectsContinue,
    };
    let path = "";
    let match: Match | undefined;
    try {
      if (isOneTooMany) throw new CopilotError("limited", "Too many requests are under way.", { retryAfterMs: 1_000 });
      path = guard(request, exchange.settings);
      match = router.find(path);
      // Also where nothing is to be waited for: a body that came with its head is there by then.
      await access.check(request, match?.route.needsNoToken !== true);
      await serve(exchange, path, match);
    } catch (error) {
      fail(exchange, path, match, error);
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
