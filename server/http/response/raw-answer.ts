// Answers on a bare socket, for what never became a request: heads that do not parse, do not end, or come on a
// connection too many.

import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { plainErrors } from "./error-format.ts";
import { HttpError, type Problem } from "./problem.ts";

/** Says the problem and closes our side of the connection; the other side is the caller's to wait for. */
export function answerOnSocket(socket: Socket, problem: Problem): void {
  const body = `${JSON.stringify(plainErrors(problem))}\n`;
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? "Error"}`,
    "Content-Type: application/json; charset=utf-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  // Closing on unread bytes would reset the connection before the client has read this.
  socket.resume();
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

const tooSlow = "The request did not arrive in time.";

/** What the error of a connection means; undefined when there is nobody left to tell. */
export function problemOfClientError(error: NodeJS.ErrnoException): Problem | undefined {
  const code = error.code ?? "";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new HttpError(408, "request-timeout", tooSlow).problem;
  if (code === "HPE_HEADER_OVERFLOW") {
    return new HttpError(431, "bad-request", "The headers of the request are too large.").problem;
  }
  if (code.startsWith("HPE_")) {
    return new HttpError(400, "bad-request", "This is not an HTTP request.", {
      advice: "A request with a method, a path and HTTP/1.1 was expected; TLS is not spoken here.",
    }).problem;
  }
  return undefined;
}
