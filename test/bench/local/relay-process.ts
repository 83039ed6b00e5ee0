// A relay in front of the model's server, in a process of its own as that is. It prints its address, and then a line for
// each completion: when its request had come as a whole, and when the last of its answer was passed on, in milliseconds
// since the epoch, with fractions. Ends when its input does.

import { createServer } from "node:http";
import { request as ask } from "undici";

export interface RelayedMs {
  readonly receivedMs: number;
  readonly answeredMs: number;
}

const [, , to = ""] = process.argv;
const nowMs = (): number => performance.timeOrigin + performance.now();
const relay = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const receivedMs = nowMs();
    void pass(request.url ?? "/", request.method === "POST" ? Buffer.concat(chunks) : undefined).then(
      ({ status, type, bytes }) => {
        const answeredMs = nowMs();
        response.writeHead(status, { "content-type": type });
        response.end(bytes);
        if (request.url === "/completion") process.stdout.write(`${JSON.stringify({ receivedMs, answeredMs })}\n`);
      },
    );
  });
});

async function pass(path: string, body: Buffer | undefined) {
  // The model's server closes a connection that rests for a few seconds.
  const answer = await ask(to + path, { reset: true, ...(body && { method: "POST", body }) });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  return { status: answer.statusCode, type: String(answer.headers["content-type"]), bytes };
}

relay.keepAliveTimeout = 600_000;
relay.listen(0, "127.0.0.1", () => {
  const address = relay.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`);
});
process.stdin.resume();
process.stdin.on("end", () => process.exit());
