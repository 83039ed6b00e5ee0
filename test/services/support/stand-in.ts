// A stand-in for a service that cannot be run here: a real HTTP server that answers each path as a test says, and keeps what
// it was asked.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  // What a body holds is the test's to say.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any;
}

export type Answer = (response: ServerResponse, asked: Asked) => void | Promise<void>;

export interface StandIn {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Those of one path. */
  to(path: string): readonly Asked[];
  /** Answers a path in another way from now on. */
  answer(path: string, answer: Answer): void;
  close(): Promise<void>;
}

export async function startStandIn(answers: Readonly<Record<string, Answer>>): Promise<StandIn> {
  const now = new Map(Object.entries(answers));
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const path = request.url ?? "";
      const one: Asked = {
        method: request.method ?? "",
        path,
        headers: request.headers,
        body: text === "" ? undefined : JSON.parse(text),
      };
      asked.push(one);
      const answer = now.get(path);
      if (answer) void answer(response, one);
      else void json({ error: "no such path" }, 404)(response, one);
    });
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    to: (path) => asked.filter((one) => one.path === path),
    answer: (path, answer) => void now.set(path, answer),
    async close() {
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  };
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof value === "string" ? value : JSON.stringify(value));
  };
}

/** Server-sent events, `[DONE]` at their end. */
export function events(...values: readonly unknown[]): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const value of values) response.write(`data: ${JSON.stringify(value)}\n\n`);
    response.end("data: [DONE]\n\n");
  };
}

/** One JSON object on each line. */
export function lines(...values: readonly unknown[]): Answer {
  return (response) => {
    response.writeHead(200, { "content-type": "application/x-ndjson" });
    response.end(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
  };
}
