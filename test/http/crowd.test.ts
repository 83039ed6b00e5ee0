// What comes in numbers, or slowly, or not as HTTP: a listener on loopback meets all of it, and answers on.

import { connect, type Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { onCleanUp, serve } from "./support/serve.ts";

test("a thousand idle connections keep nobody from being answered, and most of them are closed for later ones", async () => {
  const { port, ask, post } = await serve({ limits: { maxConnections: 256 } });
  const sockets: Socket[] = [];
  onCleanUp(() => {
    for (const socket of sockets) socket.destroy();
  });
  for (let count = 0; count < 1_000; count += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  }
  expect((await post("/", { prompt: "x" })).text).toBe("42");
  expect((await ask("GET", "/health")).status).toBe(200);
  const open = (): readonly Socket[] => sockets.filter(({ destroyed }) => !destroyed);
  await vi.waitFor(() => expect(open().length).toBeLessThanOrEqual(256), { timeout: 10_000 });
  // Those that came last are still there: the two requests above took the places of two.
  expect(open().length).toBeGreaterThanOrEqual(254);
  expect(sockets.slice(-200).every(({ destroyed }) => !destroyed)).toBe(true);
}, 60_000);

test("a head that comes byte by byte is given up, however long it would go on", async () => {
  const { connect: connectRaw, ask } = await serve({ limits: { headTimeoutMs: 200, timeoutCheckMs: 20 } });
  const slow = [connectRaw(), connectRaw(), connectRaw()];
  for (const client of slow) client.write("POST / HTTP/1.1\r\nHost: localhost\r\n");
  for (let turn = 0; !slow.every((client) => client.received().startsWith("HTTP/1.1 408 ")); turn += 1) {
    for (const client of slow) client.write(`X-${turn}: y\r\n`);
    expect((await ask("GET", "/health")).status).toBe(200);
  }
});

test("a body that comes byte by byte is given up", async () => {
  const { connect: connectRaw, core, ask } = await serve({ limits: { requestTimeoutMs: 200, timeoutCheckMs: 20 } });
  const slow = connectRaw();
  slow.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n");
  while (!slow.received().startsWith("HTTP/1.1 408 ")) {
    slow.write("x");
    expect((await ask("GET", "/health")).status).toBe(200);
  }
  expect(core.asked).toEqual([]);
});

test("garbage behind good requests, in one packet, ends that connection and nothing else", async () => {
  const { connect: connectRaw, ask } = await serve({ limits: { lingerMs: 50 } });
  const good = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const garbage: readonly (string | Buffer)[] = [
    Buffer.from(Array.from({ length: 4_096 }, (_, index) => (index * 7_919) % 256)),
    "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: localhost\r\n Folded: x\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(10_000)}\r\n`,
  ];
  for (const bytes of garbage) {
    const client = connectRaw();
    client.write(Buffer.concat([Buffer.from(good.repeat(2)), Buffer.from(bytes)]));
    const received = await client.ended();
    expect(received.match(/HTTP\/1\.1 200 /g)).toHaveLength(2);
    expect(received.match(/HTTP\/1\.1 4\d\d /g)).toHaveLength(1);
    expect((await ask("GET", "/health")).status).toBe(200);
  }
});
