// Asks an HTTP server on this machine one question. For the commands that look at the listener from outside.

import { type IncomingMessage, request } from "node:http";
import type { Ctx } from "../../shared/context.ts";

export interface LocalAnswer {
  readonly status: number;
  readonly contentType: string;
  /** The `Server` header. */
  readonly server: string | undefined;
  /** At most `maxBytes` of it. */
  readonly body: string;
}

/** Rejects with the signal's reason or Node's error; `body` absent: a GET. */
export function askLocal(
  ctx: Ctx,
  url: string,
  options: {
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly maxBytes: number;
  },
): Promise<LocalAnswer> {
  if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
  return new Promise((resolve, reject) => {
    const { body, maxBytes, headers } = options;
    const fail = (error: unknown): void => reject(ctx.signal.aborted ? ctx.signal.reason : error);
    const outgoing = request(url, {
      method: body === undefined ? "GET" : "POST",
      agent: false,
      // What `curl -d` sends, so that this asks as the command it stands for.
      headers: { ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }), ...headers },
    });
    const leave = (): void => void outgoing.destroy(new Error("nobody waits any more"));
    ctx.signal.addEventListener("abort", leave, { once: true });
    outgoing.on("close", () => ctx.signal.removeEventListener("abort", leave));
    outgoing.on("error", fail);
    outgoing.on("response", (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const finish = (): void =>
        resolve({
          status: answer.statusCode ?? 0,
          contentType: answer.headers["content-type"] ?? "",
          server: [answer.headers["server"] ?? []].flat()[0],
          body: Buffer.concat(chunks).toString("utf8"),
        });
      answer.on("error", fail);
      answer.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= maxBytes) return;
        finish();
        answer.destroy();
      });
      answer.on("end", finish);
    });
    outgoing.end(body);
  });
}
