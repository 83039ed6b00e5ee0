// The HTTP front as a whole: puts its parts together around `node:http`, and starts and ends them in order. Knows the
// core's types and nothing below.

import { createServer } from "node:http";
import { Socket } from "node:net";
import type { Clock, Log } from "../../shared/context.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { ListenerState } from "../../shared/http.ts";
import type { Core } from "../core/types.ts";
import { createAccess } from "./access.ts";
import { createConnections } from "./connections.ts";
import { createDispatch } from "./dispatch.ts";
import { createListener } from "./listener.ts";
import { findPeerOwner } from "./peer-owner.ts";
import { HttpError } from "./problem.ts";
import { problemOfClientError } from "./raw-answer.ts";
import { createRouter } from "./router.ts";
import { createRoutes } from "./routes.ts";
import type { HttpSettings } from "./settings.ts";

export interface HttpServer {
  /** Tries to bind and answers how that went; a busy port is a state, not an error. Never rejects. Once only. */
  start(): Promise<ListenerState>;
  state(): ListenerState;
  /** Called on each change, also when a busy port is taken over later. Returns the way to stop. */
  onState(listener: (state: ListenerState) => void): () => void;
  /** Takes nothing more, lets requests end for a moment, then ends them with `closing`. Idempotent. */
  close(): Promise<void>;
}

export interface HttpServerDeps {
  readonly core: Core;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  readonly version: string;
}

const maxHeaderBytes = 16 * 1024;

/** Limits are read once; everything else in `settings` when it is needed. */
export function createHttpServer(deps: HttpServerDeps, settings: () => HttpSettings): HttpServer {
  const { core, clock, log, newId, version } = deps;
  const { limits } = settings();
  const { pid } = process;

  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
    insecureHTTPParser: false,
    keepAliveTimeout: limits.headTimeoutMs,
    // Slow heads and bodies are timed by the clock, per connection and per body.
    headersTimeout: 0,
    requestTimeout: 0,
  });
  const connections = createConnections({ clock }, limits);
  const uid = process.platform === "linux" ? process.getuid?.() : undefined;
  const access = createAccess({ findPeerOwner, uid, log }, () => settings().access ?? "same-user");
  const listener = createListener({ server, clock, log, spread: (pid % 100) / 100 }, settings);
  const router = createRouter(createRoutes({ core, version, pid, listener: listener.state }));
  let closed: Promise<void> | undefined;
  const dispatch = createDispatch(
    { router, connections, access, clock, log, newId, isClosing: () => closed !== undefined },
    settings,
  );

  server.on("connection", (socket) => {
    connections.add(socket);
    access.begin(socket);
  });
  server.on("request", (request, response) => void dispatch(request, response, { expectsContinue: false }));
  server.on("checkContinue", (request, response) => void dispatch(request, response, { expectsContinue: true }));
  // Other expectations may be left unmet, RFC 9110, section 10.1.1.
  server.on("checkExpectation", (request, response) => void dispatch(request, response, { expectsContinue: false }));
  server.on("clientError", (error, stream) => {
    if (stream instanceof Socket) connections.dismiss(stream, problemOfClientError(error));
    else stream.destroy();
  });
  server.on("connect", (request) =>
    connections.dismiss(request.socket, new HttpError(405, "method-not-allowed", "This is not a proxy.").problem),
  );

  const shutDown = async (): Promise<void> => {
    listener.stop();
    const gone = connections.retire();
    const within = (ms: number): Promise<boolean> =>
      new Promise((resolve) => {
        const timer = clock.after(ms, () => resolve(false));
        void gone.then(() => {
          timer.cancel();
          resolve(true);
        });
      });
    if (await within(limits.drainMs)) return;
    connections.abortAll(new CopilotError("closing", "This process is shutting down."));
    if (await within(limits.abortGraceMs)) return;
    connections.destroyAll();
    await gone;
  };

  return {
    start: listener.start,
    state: listener.state,
    onState: listener.onState,
    close() {
      closed ??= shutDown();
      return closed;
    },
  };
}
