// Whatever a program of this machine sends, and however it leaves: the process goes on, and no connection stays behind.

import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { items, untilCancelled } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { onCleanUp, serve, type Served } from "./support/serve.ts";

const uncaught: unknown[] = [];
const remember = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught.length = 0;
  process.on("uncaughtException", remember).on("unhandledRejection", remember);
});

afterEach(() => {
  process.off("uncaughtException", remember).off("unhandledRejection", remember);
});

function socketFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-hostile-"));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "http.sock");
}

/** How a client leaves once its bytes are written. */
type Leave = "reset" | "close" | "half-close" | "stay";

function leaveBy(socket: ReturnType<typeof connect>, leave: Leave): void {
  if (leave === "half-close") socket.end();
  // A Unix socket has no reset; closing it with the answer unread comes near.
  else if (leave === "reset" && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  else if (leave !== "stay") socket.destroy();
}

/**
 * Sends the pieces, each in a packet of its own, and leaves; resolves when the connection is closed at this end. A
 * client that is still there after `patienceMs` closes it itself: some answers are streams without an end.
 */
function send(
  where: NetConnectOpts,
  pieces: readonly (string | Buffer)[],
  leave: Leave,
  patienceMs = 5_000,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ ...where, allowHalfOpen: true, noDelay: true });
    let text = "";
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(text));
    socket.on("connect", () => {
      const next = (at: number): void => {
        const piece = pieces[at];
        if (piece === undefined) leaveBy(socket, leave);
        else if (!socket.destroyed) socket.write(piece, () => setImmediate(next, at + 1));
      };
      next(0);
    });
  });
}

const body = JSON.stringify({ prompt: "x" });
const post = (path: string, more = ""): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

const requests: readonly string[] = [
  "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n",
  "CONNECT a:443 HTTP/1.1\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n\0\0\0",
  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  post("/", "Expect: 100-continue\r\n"),
  post("/", "Expect: something-else\r\n"),
  post("/", "Transfer-Encoding: chunked\r\n"),
  post("/"),
  post("/v1/completions"),
  post("/infill"),
  post("/api/generate"),
  post("/v1/fim/completions"),
  "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nxx",
  "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
  "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
  'POST / HTTP/1.0\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}',
  "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /health HTTP/1.0\r\n\r\n",
  "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /role HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "POST /role/release HTTP/1.1\r\nHost: evil\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "GET http://[::1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
  `GET / HTTP/1.1\r\nHost: localhost\r\n${"A: b\r\n".repeat(4_000)}\r\n`,
  "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "\r\n\r\n",
];

const places = ["127.0.0.1", "::1", "socket"] as const;
const leaves = ["reset", "close", "half-close", "stay"] as const satisfies readonly Leave[];

interface Target {
  readonly served: Served;
  to(place: (typeof places)[number]): NetConnectOpts;
}

async function open(): Promise<Target> {
  const path = socketFile();
  const limits = { headTimeoutMs: 200, requestTimeoutMs: 300, timeoutCheckMs: 50, lingerMs: 50 };
  const served = await serve({ settings: { socket: path }, limits });
  return { served, to: (place) => (place === "socket" ? { path } : { host: place, port: served.port }) };
}

/** The listener's own ends are those that are left when every client has gone. */
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind === "TCPSocketWrap" || kind === "PipeWrap").length;

async function expectUnharmed({ served }: Target, socketsBefore: number): Promise<void> {
  expect((await served.ask("GET", "/health")).status).toBe(200);
  await vi.waitFor(() => expect(openSockets()).toBeLessThanOrEqual(socketsBefore), { timeout: 5_000 });
  expect(uncaught).toEqual([]);
}

describe("CONNECT", () => {
  test.each(places)("on %s is refused, and a reset behind it ends nothing but the connection", async (place) => {
    const target = await open();
    const before = openSockets();
    const connectRequest = "CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n";
    expect(await send(target.to(place), [connectRequest], "stay")).toMatch(/^HTTP\/1\.1 405 /);
    for (const leave of leaves) {
      await send(target.to(place), [connectRequest], leave);
      await send(target.to(place), [connectRequest, "more", "and more"], leave);
      await send(target.to(place), [post("/"), connectRequest], leave);
    }
    await expectUnharmed(target, before);
  });
});

describe("a client that has finished sending", () => {
  const health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

  test.each(places)("on %s is answered all the same, at once or later, and the connection ends", async (place) => {
    const target = await open();
    const before = openSockets();
    expect(await send(target.to(place), [health], "half-close")).toMatch(/^HTTP\/1\.1 200 [^]*"status":"ok"/);
    expect(await send(target.to(place), [health, post("/")], "half-close")).toMatch(/"status":"ok"[^]*42$/);
    target.served.core.answerWith(async (_ctx, _request, onPartial) => {
      // Until the listener has seen the end of the client's side, and a good while longer.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await onPartial?.({ index: 0, text: "la" });
      await new Promise((resolve) => setTimeout(resolve, 20));
      return items("late");
    });
    const late = await send(target.to(place), [post("/")], "half-close");
    expect(late).toContain("HTTP/1.1 200 OK");
    expect(late).toMatch(/\r\nla\r\n[^]*\r\nte\r\n0\r\n\r\n$/);
    await expectUnharmed(target, before);
  });

  test.each(places)("on %s and then leaves has its request stopped", async (place) => {
    const target = await open();
    const before = openSockets();
    const asked = createGate();
    let stopped = 0;
    target.served.core.answerWith(async (ctx) => {
      asked.open();
      return untilCancelled(ctx).finally(() => (stopped += 1));
    });
    const socket = connect({ ...target.to(place), allowHalfOpen: true });
    socket.on("error", () => undefined);
    socket.end(post("/"));
    await asked.opened;
    socket.destroy();
    await vi.waitFor(() => expect(stopped).toBe(1), { timeout: 5_000 });
    await expectUnharmed(target, before);
  });
});

test("an answer that breaks off over a Unix socket for a client of HTTP/1.0 ends that connection alone", async () => {
  const target = await open();
  const before = openSockets();
  target.served.core.answerWith(async (_ctx, _request, onPartial) => {
    await onPartial?.({ index: 0, text: "half an" });
    await new Promise((resolve) => setImmediate(resolve));
    throw new Error("it broke off");
  });
  await send(target.to("socket"), ['POST / HTTP/1.0\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}'], "stay");
  await expectUnharmed(target, before);
});

test("no bytes in any pieces, left in any way at any moment, end the process or leave a connection behind", async () => {
  const target = await open();
  const before = openSockets();
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const message = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...requests) }, { weight: 1, arbitrary: bytes });
  const cut = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...places),
      fc.array(fc.tuple(message, cut), { minLength: 1, maxLength: 4 }),
      fc.constantFrom("reset", "close", "half-close"),
      async (place, parts, leave) => {
        const pieces = parts.map(([text, share]) => text.slice(0, Math.ceil(text.length * share)));
        await send(target.to(place), pieces, leave, 40);
        expect(uncaught).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
  await expectUnharmed(target, before);
}, 60_000);
