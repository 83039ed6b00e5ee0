// Writes whole answers. One given before the request was read to its end closes the connection, but only after what
// still comes has been read: closing a socket with unread bytes resets the connection, and the client would lose the
// answer.

import type { RequestContext } from "../request/request-context.ts";
import type { Headers } from "./problem.ts";

/** Whether the client may still be sending a body. */
function isUnread({ request }: RequestContext): boolean {
  const { headers } = request;
  const hasBody = Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
  return hasBody && !request.complete;
}

/** Discards what the client still sends, until it ends, leaves, or has used up its time or bytes. */
function discard({ request, settings, clock }: RequestContext, done: () => void): void {
  let bytes = 0;
  let isDone = false;
  const finish = (): void => {
    if (isDone) return;
    isDone = true;
    deadline.cancel();
    done();
  };
  const deadline = clock.after(settings.limits.lingerMs, finish);
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > settings.limits.lingerMaxBytes) finish();
  });
  request.once("end", finish);
  request.once("close", finish);
  request.resume();
}

function send(context: RequestContext, status: number, type: string, headers: Headers, body: string): void {
  const { request, response } = context;
  const all = { ...headers, "Content-Type": type, "Content-Length": String(Buffer.byteLength(body)) };
  if (!isUnread(context)) {
    response.writeHead(status, all).end(body);
    // A body that came but was not wanted would stand before the next request on this connection.
    request.resume();
    return;
  }
  // The client has all of it with these bytes; `end` only lets the connection close.
  response.writeHead(status, { ...all, Connection: "close" }).write(body);
  discard(context, () => response.end());
}

export function sendText(
  context: RequestContext,
  text: string,
  headers: Headers,
  type = "text/plain; charset=utf-8",
): void {
  send(context, 200, type, headers, text);
}

/** Ends in a newline, for people who read it in a terminal. */
export function sendJson(context: RequestContext, status: number, body: unknown, headers: Headers = {}): void {
  send(context, status, "application/json; charset=utf-8", headers, `${JSON.stringify(body)}\n`);
}
