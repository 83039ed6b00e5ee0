// Node's HTTP server for one address: its limits, what becomes of each of its events, and of bytes that are no HTTP.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Log } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { redact } from "../runtime/secret.ts";
import type { Connections } from "./connections.ts";
import type { Dispatch } from "./dispatch.ts";
import type { Access } from "./guard/access.ts";
import type { PeerDoor } from "./port/peer-door.ts";
import { HttpError } from "./response/problem.ts";
import { problemOfClientError } from "./response/raw-answer.ts";
import type { HttpLimits } from "./settings.ts";

const maxHeaderBytes = 16 * 1024;

/** It does not listen yet. `isPrivate`: for an address that only this user can connect to. */
export function createNodeServer(
  deps: {
    readonly connections: Connections;
    readonly access: Pick<Access, "trust">;
    readonly dispatch: Dispatch;
    readonly door: PeerDoor;
    readonly watchHalfClose: (socket: Socket) => void;
    readonly log: Log;
  },
  limits: HttpLimits,
  isPrivate: boolean,
): Server {
  const { connections, access, dispatch, door, watchHalfClose, log } = deps;

  const take = (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    dispatch(request, response, { expectsContinue }).catch((error: unknown) => {
      log.error("HTTP: a request failed by a defect", { error: redact(describeError(error)) });
      request.socket.destroy();
    });
  };

  const onClientError = (error: NodeJS.ErrnoException, stream: Duplex): void => {
    if (!(stream instanceof Socket)) {
      stream.destroy();
      return;
    }
    const isLate = error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    const reason = isLate
      ? new HttpError(408, "request-timeout", "The body did not arrive in time.")
      : new CopilotError("bad-request", "The body is not framed as HTTP says.");
    // A request whose head has arrived is answered with the reason; nobody is told on a connection that was never used.
    const isTold = connections.abortIncoming(stream, reason) || stream.bytesRead === 0;
    connections.closeAfterRequests(stream, isTold ? undefined : problemOfClientError(error));
  };

  const server = createServer({
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
    insecureHTTPParser: false,
    keepAliveTimeout: limits.headTimeoutMs,
    // Node refuses one that is longer than the time for the whole.
    headersTimeout: Math.min(limits.headTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
  });
  // Without it Node closes a connection whose client has finished sending, unanswered. Not in the types.
  Object.assign(server, { httpAllowHalfOpen: true });
  server.on("connection", (socket: Socket) => {
    // Node removes its own error listener when it hands a socket over (CONNECT), and an "error" event without a
    // listener is thrown. The "close" event that follows is what the program acts on.
    socket.on("error", () => undefined);
    connections.add(socket);
    watchHalfClose(socket);
    if (isPrivate) access.trust(socket);
  });
  server.on("request", (request, response) => take(request, response, false));
  server.on("checkContinue", (request, response) => take(request, response, true));
  // Other expectations may be left unmet, RFC 9110, section 10.1.1.
  server.on("checkExpectation", (request, response) => take(request, response, false));
  server.on("clientError", onClientError);
  server.on("connect", (request, _socket, head: Buffer) => door.take(request, head));
  return server;
}
