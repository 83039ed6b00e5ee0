// The head of an answer, written in one go: setting headers one by one and then writing more of them takes Node several
// times as long.

import type { ServerResponse } from "node:http";
import type { Exchange } from "../request/exchange.ts";

/** Names and values in turn. */
export type HeadLines = string[];

/** What every answer says, whatever it is. */
export function steadyHead(requestId: string): HeadLines {
  return ["X-Request-Id", requestId, "Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"];
}

/** Writes the head, with what every answer says; `response.setHeader` would be in vain. */
export function writeHead(
  { response, head }: Exchange,
  status: number,
  ...more: readonly Readonly<HeadLines>[]
): ServerResponse {
  for (const lines of more) for (const line of lines) head.push(line);
  return response.writeHead(status, head);
}
