// What comes in numbers, or slowly, or not as HTTP: a listener on loopback meets all of it, and answers on.

import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createManualClock } from "../support/manual-clock.ts";
import { onCleanUp, serve } from "./support/serve.ts";

test("a thousand idle connections keep nobody from being answered, and take no memory worth the name", async () => {
  const { port, ask, post } = await serve();
  const sockets: Socket[] = [];
  onCleanUp(() => {
    for (const socket of sockets) socket.destroy();
  });
  const beforeMb = process.memoryUsage().rss / 2 ** 20;
  let refused = 0;
  for (let count = 0; count < 1_000; count += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => (refused += 1));
    sockets.push(socket);
    await new Promise((resolve) => socket.once("connect", resolve).once("close", resolve));
  }
  expect((await post("/", { prompt: "x" })).text).toBe("42");
  expect((await ask("GET", "/health")).status).toBe(200);
  expect(sockets.filter(({ destroyed }) => !destroyed).length).toBeLessThanOrEqual(1_000);
  // Both ends of every connection are in this process.
  expect(process.memoryUsage().rss / 2 ** 20 - beforeMb).toBeLessThan(100);
  expect(refused).toBeLessThan(1_000);
}, 60_000);

test("a head that comes byte by byte is given up, however long it would go on", async () => {
  const clock = createManualClock();
  const { connect: connectRaw, ask } = await serve({ clock, limits: { headTimeoutMs: 5_000 } });
  const slow = [connectRaw(), connectRaw(), connectRaw()];
  for (const client of slow) client.write("POST / HTTP/1.1\r\nHost: localhost\r\n");
  for (let second = 0; second < 6; second += 1) {
    for (const client of slow) client.write(`X-${second}: y\r\n`);
    // The bytes are there when those of a later connection are.
    expect((await ask("GET", "/health")).status).toBe(200);
    await clock.advance(1_000);
  }
  for (const client of slow) expect(await client.ended()).toMatch(/^HTTP\/1.1 408 /);
});

test("a body that comes byte by byte is given up", async () => {
  const clock = createManualClock();
  const { connect: connectRaw, core, ask } = await serve({ clock, limits: { bodyTimeoutMs: 5_000 } });
  const slow = connectRaw();
  slow.write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
  for (let second = 0; second < 6; second += 1) {
    slow.write("x");
    expect((await ask("GET", "/health")).status).toBe(200);
    await clock.advance(1_000);
  }
  await slow.until("HTTP/1.1 408 ");
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
