import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { Client, createHttp1Client } from "../../server/upstream/http/http1-client.ts";
import { later } from "./harness.ts";

test("the private path of undici leads to the class that the package exports", async () => {
  expect(Client).toBe((await import("undici")).Client);
});

test("one connection serves one request after the other, and its headers come as one record", async () => {
  const server = createServer((_request, response) =>
    response.writeHead(200, { "Retry-After": ["1", "2"] }).end("hello"),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  later(() => void server.close());
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  let connections = 0;
  const open = async (): Promise<Socket> => {
    connections += 1;
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  const client = createHttp1Client(`http://127.0.0.1:${port}`, open);
  later(() => client.destroy(new Error("over")));
  const request = { method: "GET", path: "/", headers: { accept: "*/*" }, body: undefined } as const;
  for (let round = 0; round < 3; round += 1) {
    let sent = 0;
    const { status, headers, body } = await client.request({
      ...request,
      signal: new AbortController().signal,
      onSent: () => (sent += 1),
    });
    expect([status, headers["retry-after"], await body.toArray(), sent]).toEqual([
      200,
      "1, 2",
      [Buffer.from("hello")],
      1,
    ]);
  }
  expect(connections).toBe(1);
});
