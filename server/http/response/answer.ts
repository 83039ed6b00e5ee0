// Writes whole answers. One given before the request was read to its end closes the connection, but only after what
// still comes has been taken off the wire: closing on unread bytes resets the connection, and the client would lose
// the answer.

import type { Exchange } from "../request/exchange.ts";
import { type HeadLines, writeHead } from "./head.ts";

/** Whether the client may still be sending a body. */
function isUnread({ request, body }: Exchange): boolean {
  if (body.isTaken) return false;
  const { headers } = request;
  const announced = Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
  return announced && !request.complete;
}

/** Throws away what the client still sends, until it ends, leaves, or has used up its time or bytes. */
function linger(exchange: Exchange, done: () => void): void {
  const { request, settings, clock } = exchange;
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

function send(exchange: Exchange, status: number, type: string, head: Readonly<HeadLines>, body: string): void {
  const all = head.concat("Content-Type", type, "Content-Length", String(Buffer.byteLength(body)));
  if (!isUnread(exchange)) {
    // As text, for Node then puts it into one piece with the head.
    writeHead(exchange, status, all).end(body);
    // A body that came but was not wanted would stand before the next request on this connection.
    exchange.request.resume();
    return;
  }
  // The client has all of it with these bytes; `end` only lets the connection close.
  writeHead(exchange, status, all.concat("Connection", "close")).write(body);
  linger(exchange, () => exchange.response.end());
}

export function sendText(exchange: Exchange, text: string, head: Readonly<HeadLines>): void {
  send(exchange, 200, "text/plain; charset=utf-8", head, text);
}

/** Ends in a newline, for people who read it in a terminal. */
export function sendJson(exchange: Exchange, status: number, body: unknown, head: Readonly<HeadLines> = []): void {
  send(exchange, status, "application/json; charset=utf-8", head, `${JSON.stringify(body)}\n`);
}

export function sendNothing(exchange: Exchange, head: Readonly<HeadLines>): void {
  writeHead(exchange, 204, head).end();
}
