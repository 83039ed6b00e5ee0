// One request and the answer to it, the same over HTTP/1.1 and HTTP/2: reads the request whole, tells how the exchange
// ended, and writes with back-pressure. Knows neither routes nor what is said.

import type { Connection } from "./connections.ts";
import type { Call, RouteName } from "./types.ts";

/** What `node:http` and `node:http2` requests have in common here. */
export interface Incoming extends AsyncIterable<Uint8Array> {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remotePort?: number | undefined };
}

/** What their responses have in common here. */
export interface Outgoing {
  sendDate: boolean;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  /** HTTP/2 sends the head at once and has none. */
  flushHeaders?(): void;
  /** HTTP/2 only: the stream below, with why it ended, and whether all that was written went out. */
  readonly stream?: { readonly rstCode?: number | undefined; readonly writableFinished?: boolean };
  write(chunk: Uint8Array): boolean;
  end(chunk: string | Uint8Array): unknown;
  once(event: "close" | "drain" | "finish", listener: () => void): unknown;
  off(event: "close" | "drain", listener: () => void): unknown;
}

export interface Exchange {
  readonly call: Call;
  /** Aborted as soon as nobody reads the answer any more, whoever ended it. */
  readonly gone: AbortSignal;
  /** Sends the head of the answer. */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  /** Resolves when there is room for more; at once when nobody reads any more. */
  write(bytes: Uint8Array): Promise<void>;
  end(bytes?: Uint8Array): void;
  /** Resets the connection, with every other exchange on it. */
  cut(): void;
}

/** Reads the whole request. Rejects when the client leaves while it is still sending. */
export async function readBody(incoming: Incoming): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export function createExchange(
  route: RouteName,
  incoming: Incoming,
  outgoing: Outgoing,
  connection: Connection,
  body: Buffer,
  atMs: number,
): Exchange {
  const gone = new AbortController();
  let isEnded = false;
  let isAnswered = false;
  const ended = new Promise<"answered" | "left" | "cut">((resolve) => {
    outgoing.once("finish", () => {
      // HTTP/2 says so of every stream that is over, however it ended; a client may also leave without an error's code.
      const { rstCode = 0, writableFinished = true } = outgoing.stream ?? {};
      if (!isEnded || connection.isCut() || rstCode !== 0 || !writableFinished) return;
      isAnswered = true;
      resolve("answered");
    });
    outgoing.once("close", () => {
      if (!isAnswered) gone.abort();
      resolve(connection.isCut() ? "cut" : "left");
    });
  });
  const headers = joinHeaders(incoming.headers);
  const call: Call = {
    route,
    method: incoming.method ?? "GET",
    path: incoming.url ?? "/",
    headers,
    body: parseBody(headers["content-type"] ?? "", body),
    bodyBytes: body.length,
    connection: connection.number,
    atMs,
    ended,
  };
  return {
    call,
    gone: gone.signal,
    head(status, headers) {
      // The date is the service's, which need not be this machine's.
      outgoing.sendDate = false;
      outgoing.writeHead(status, headers);
      outgoing.flushHeaders?.();
    },
    async write(bytes) {
      if (gone.signal.aborted || outgoing.write(bytes)) return;
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          outgoing.off("drain", goOn);
          outgoing.off("close", goOn);
          resolve();
        };
        outgoing.once("drain", goOn);
        outgoing.once("close", goOn);
      });
    },
    end(bytes) {
      if (gone.signal.aborted) return;
      isEnded = true;
      outgoing.end(bytes ?? "");
    },
    cut: () => connection.cut(),
  };
}

function joinHeaders(headers: Incoming["headers"]): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    // Names that begin with a colon are HTTP/2's own and no headers.
    if (value !== undefined && !name.startsWith(":")) joined[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return joined;
}

function parseBody(contentType: string, body: Buffer): unknown {
  const text = body.toString("utf8");
  if (contentType.includes("application/x-www-form-urlencoded")) return Object.fromEntries(new URLSearchParams(text));
  if (contentType.includes("json") || text.startsWith("{")) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  return text;
}
