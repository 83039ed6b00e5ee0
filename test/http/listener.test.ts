import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp, request } from "node:http";
import { connect, createServer as createTcp, type AddressInfo, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { createListenSockets } from "../../server/http/port/listen-sockets.ts";
import type { HttpServer } from "../../server/http/server.ts";
import { systemClock } from "../../server/runtime/system-clock.ts";
import type { ListenerState } from "../../shared/http.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createRecordingLog } from "../support/test-ctx.ts";
import { items } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { createServer, onCleanUp, serve } from "./support/serve.ts";
import { eventually } from "../support/eventually.ts";

/** A process beside the one that has `port`, started. */
async function beside(port: number, options: Parameters<typeof createServer>[0] = {}) {
  const other = createServer({ ...options, settings: { port, ...options.settings } });
  onCleanUp(() => other.server.close());
  const states: ListenerState[] = [];
  other.server.onState((state) => states.push(state));
  const first = await other.server.start();
  return { ...other, first, states };
}

type Waiter = Awaited<ReturnType<typeof beside>>;

function isListening({ server }: { readonly server: HttpServer }): boolean {
  return server.state().kind === "listening";
}

function becomes(server: HttpServer, kind: ListenerState["kind"]): Promise<void> {
  return new Promise((resolve) => {
    if (server.state().kind === kind) resolve();
    const forget = server.onState((state) => {
      if (state.kind !== kind) return;
      forget();
      resolve();
    });
  });
}

describe("a port that another process of this person has", () => {
  test("is waited for without a warning, and the state says who has it", async () => {
    const holder = await serve();
    const waiter = await beside(holder.port);
    const state = holder.server.state();
    expect(waiter.first).toEqual({
      kind: "standby",
      port: holder.port,
      url: holder.url,
      holder: { pid: process.pid, version: "1.2.3", sinceMs: state.kind === "listening" ? state.sinceMs : 0 },
    });
    expect(waiter.log.lines.filter(({ level }) => level === "warn")).toEqual([]);
  });

  test("is taken over the moment it is free, by exactly one, and the others wait for that one", async () => {
    const holder = await serve();
    const { port } = holder;
    const waiters: Waiter[] = [];
    for (let count = 0; count < 5; count += 1) waiters.push(await beside(port));
    for (let left = waiters.length; left > 0; left -= 1) {
      const [current = holder] = left === waiters.length ? [holder] : waiters.filter(isListening);
      await current.server.close();
      await eventually(() => {
        const kinds = waiters.map(({ server }) => server.state().kind).filter((kind) => kind !== "off");
        expect(kinds.sort()).toEqual(["listening", ...Array<string>(left - 1).fill("standby")]);
      });
    }
    expect(waiters.map(({ states }) => states.filter(({ kind }) => kind === "listening").length)).toEqual(
      waiters.map(() => 1),
    );
  });

  test("is held although many wait: they are neither idle nor counted, and close does not wait for them", async () => {
    const clock = createManualClock();
    const holder = await serve({ clock, limits: { maxConnections: 2, maxRequests: 1, headTimeoutMs: 5_000 } });
    const waiters: Waiter[] = [];
    for (let count = 0; count < 6; count += 1) waiters.push(await beside(holder.port));
    await clock.advance(3_600_000);
    expect(waiters.map(({ server }) => server.state().kind)).toEqual(waiters.map(() => "standby"));
    expect((await holder.post("/", { prompt: "x" })).text).toBe("42");
    // With this clock a wait would never end.
    await holder.server.close();
    await eventually(() => expect(waiters.filter(isListening)).toHaveLength(1));
  });

  test("is waited for by no more than the limit; one more counts as any connection", async () => {
    const holder = await serve({ limits: { maxStandbys: 1 } });
    await beside(holder.port);
    expect((await holder.ask("GET", "/role")).status).toBe(429);
  });

  test("is let go of by close", async () => {
    const holder = await serve();
    const clock = createManualClock();
    const waiter = await beside(holder.port, { clock });
    await waiter.server.close();
    expect(waiter.server.state()).toEqual({ kind: "off" });
    expect(clock.pendingTimers()).toBe(0);
    await holder.server.close();
    expect(waiter.server.state()).toEqual({ kind: "off" });
  });
});

describe("handing over", () => {
  test("goes to the one that asks, past others that wait longer, and the former holder waits for it back", async () => {
    const holder = await serve();
    const { port } = holder;
    const patient = await beside(port);
    const taker = await beside(port);
    expect(await taker.server.takeOver()).toMatchObject({ kind: "listening", port });
    await becomes(holder.server, "standby");
    await becomes(patient.server, "standby");
    expect(patient.states.map(({ kind }) => kind)).not.toContain("listening");
    await taker.server.close();
    await eventually(() => expect([holder, patient].filter(isListening)).toHaveLength(1));
  });

  test("lets the requests under way end", async () => {
    const holder = await serve();
    const asked = createGate();
    const answer = createGate();
    holder.core.answerWith(async () => {
      asked.open();
      await answer.opened;
      return items("from the former holder");
    });
    const reply = holder.post("/", { prompt: "x" });
    await asked.opened;
    const taker = await beside(holder.port);
    await taker.server.takeOver();
    answer.open();
    expect((await reply).text).toBe("from the former holder");
    expect((await taker.post("/", { prompt: "x" })).text).toBe("42");
  });

  test("has the former holder answer who had connected to it and asks at once", async () => {
    const holder = await serve({ limits: { handOverMs: 60_000 } });
    holder.core.answerWith(async () => items("from the former holder"));
    const client = holder.connect();
    await new Promise((resolve) => client.socket.once("connect", resolve));
    expect((await holder.ask("POST", "/role/release")).status).toBe(200);
    client.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}');
    expect(await client.ended()).toContain("from the former holder");
  });

  test("falls to another one that waits when the one that asked never takes it", async () => {
    // Longer than the one that waits may need on a busy machine; after it the former holder would take the port back.
    const holder = await serve({ limits: { handOverMs: 1_000 } });
    const patient = await beside(holder.port);
    expect((await holder.ask("POST", "/role/release")).status).toBe(200);
    await becomes(patient.server, "listening");
    await becomes(holder.server, "standby");
  });

  test("of a port that one has already, or that nobody waits for, changes nothing", async () => {
    const { server } = await serve();
    expect(await server.takeOver()).toMatchObject({ kind: "listening" });
  });

  test.skipIf(process.getuid?.() !== 0)("is refused to another user, also where every program may ask", async () => {
    const { url, server } = await serve({ settings: { access: "open" } });
    const args = ["-sS", "-X", "POST", `${url}/role/release`];
    const { stdout } = await promisify(execFile)("curl", args, { uid: 65_534, gid: 65_534 });
    expect(stdout).toContain('"code":"forbidden"');
    expect(server.state().kind).toBe("listening");
  });
});

test("a port whose holder is between states is tried again at once", async () => {
  let asked = 0;
  const holder = createHttp((_, response) => {
    asked += 1;
    const reply = { name: "copilot-lsp", pid: 1, version: "1", sinceMs: 1, nonce: "n" };
    if (asked < 3) response.writeHead(503).end(JSON.stringify({ error: { code: "closing", message: "Not yet." } }));
    else response.write(`${JSON.stringify(reply)}\n`);
  });
  onCleanUp(() => {
    holder.closeAllConnections();
    holder.close();
  });
  await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
  const { first } = await beside((holder.address() as AddressInfo).port);
  expect(first).toMatchObject({ kind: "standby", holder: { pid: 1 } });
});

describe("a port that a stranger has", () => {
  test("is one warning and a state, and is taken over when it is free", async () => {
    const stranger = createHttp((_, response) => response.writeHead(404).end("<html>"));
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const { port } = stranger.address() as AddressInfo;
    const clock = createManualClock();
    const waiter = await beside(port, { clock });
    expect(waiter.first).toMatchObject({ kind: "foreign", port, message: expect.stringContaining("another program") });
    for (let tries = 0; tries < 3; tries += 1) await clock.advance(60_000);
    expect(waiter.log.lines.filter((line) => line.level === "warn")).toHaveLength(1);

    stranger.closeAllConnections();
    await new Promise((resolve) => stranger.close(resolve));
    while (waiter.server.state().kind !== "listening") await clock.advance(60_000);
    expect(waiter.states.map(({ kind }) => kind)).toEqual(["foreign", "listening"]);
    expect((await waiter.ask("GET", "/health")).status).toBe(200);
  });

  test("is tried again every few seconds while it says nothing, as a process that was stopped does", async () => {
    const sockets: Socket[] = [];
    const stranger = createTcp((socket) => {
      socket.on("error", () => undefined);
      sockets.push(socket);
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const clock = createManualClock();
    const { server } = createServer({ clock, settings: { port: (stranger.address() as AddressInfo).port } });
    onCleanUp(() => server.close());
    const state = (): ListenerState["kind"] => server.state().kind;
    void server.start();
    while (sockets.length < 12) await clock.advance(1_000);
    expect(server.state()).toMatchObject({
      kind: "foreign",
      message: expect.stringContaining("a program that does not answer"),
    });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => stranger.close(resolve));
    let waitedMs = 0;
    for (; state() !== "listening"; waitedMs += 1_000) await clock.advance(1_000);
    // With pauses that grow it would be 48 s at least.
    expect(waitedMs).toBeLessThan(40_000);
  });

  test("is a stranger's also when it says nothing, not HTTP, or without end", async () => {
    const talks: readonly ((write: (text: string) => void, end: () => void) => void)[] = [
      () => undefined,
      (write) => write("SSH-2.0-x\r\n"),
      (write) => write(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(100_000)}`),
      (write) => write('HTTP/1.1 200 OK\r\n\r\n{"name":"copilot-lsp","pid":"1"}\n'),
    ];
    for (const talk of talks) {
      const stranger = createTcp((socket) => {
        socket.on("error", () => undefined);
        talk(
          (text) => void socket.write(text),
          () => void socket.end(),
        );
        onCleanUp(() => socket.destroy());
      });
      onCleanUp(() => stranger.close());
      await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
      const { port } = stranger.address() as AddressInfo;
      expect(await beside(port, { limits: { leaderTimeoutMs: 100 } })).toMatchObject({ first: { kind: "foreign" } });
    }
  });

  test("may be another person's copilot-lsp, which does not let this one in", async () => {
    const theirs = createHttp((_, response) =>
      response.writeHead(403).end(JSON.stringify({ error: { code: "forbidden", message: "No." } })),
    );
    onCleanUp(() => theirs.close());
    await new Promise<void>((resolve) => theirs.listen(0, "127.0.0.1", resolve));
    const { first } = await beside((theirs.address() as AddressInfo).port);
    expect(first).toMatchObject({ kind: "foreign", message: expect.stringContaining("another person's copilot-lsp") });
  });

  test("is tried again ever more slowly, never quite in step with other processes", async () => {
    const stranger = createHttp((_, response) => response.end("hello"));
    onCleanUp(() => stranger.close());
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const clock = createManualClock();
    const waitsMs: number[] = [];
    const limits = { busyRetryMs: 1_000, maxBusyRetryMs: 3_000, leaderTimeoutMs: 77 };
    await beside((stranger.address() as AddressInfo).port, {
      clock: {
        ...clock,
        after(delayMs, callback) {
          if (delayMs !== limits.leaderTimeoutMs) waitsMs.push(delayMs);
          return clock.after(delayMs === limits.leaderTimeoutMs ? 1e9 : delayMs, callback);
        },
      },
      limits,
    });
    while (waitsMs.length < 5) await clock.advance(5_000);
    const [first = 0] = waitsMs;
    expect(first).toBeGreaterThanOrEqual(800);
    expect(first).toBeLessThanOrEqual(1_200);
    expect(waitsMs.slice(0, 5).map((waitMs) => Math.round((waitMs / first) * 100))).toEqual([100, 150, 225, 300, 300]);
  });
});

describe("an address", () => {
  test("that cannot be had is a state and a warning, not a crash", async () => {
    const { server, log } = createServer({ settings: { address: "192.0.2.1", access: "token" } });
    expect(await server.start()).toMatchObject({ kind: "failed", message: expect.stringContaining("192.0.2.1") });
    expect(log.lines.filter((line) => line.level === "warn")).toHaveLength(1);
    await server.close();
  });

  test("that others can reach is refused without a token", async () => {
    for (const access of ["same-user", "open"] as const) {
      const { server } = createServer({ settings: { address: "0.0.0.0", access } });
      expect(await server.start()).toMatchObject({ kind: "failed", message: expect.stringContaining("http.access") });
      await server.close();
    }
  });

  test("that others can reach is served with a token", async () => {
    const { ask, server } = createServer({ settings: { address: "0.0.0.0", access: "token" } });
    onCleanUp(() => server.close());
    expect(await server.start()).toMatchObject({ kind: "listening", address: "0.0.0.0" });
    expect((await ask("GET", "/status")).status).toBe(401);
  });

  test("of IPv6 is served besides, on the same port", async () => {
    const { port, server } = await serve();
    const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asking = request({ host: "::1", port, path: "/health", agent: false }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      asking.on("error", reject);
      asking.end();
    }).catch((error: NodeJS.ErrnoException) => error);
    if (answer instanceof Error && answer.code === "EADDRNOTAVAIL") {
      process.stderr.write("NOT TESTED: there is no IPv6 loopback on this machine\n");
      return;
    }
    expect(answer).toMatchObject({ status: 200 });
    await server.close();
    const refused = connect({ host: "::1", port });
    await expect(
      new Promise((resolve, reject) => refused.on("connect", resolve).on("error", reject)),
    ).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

test("addresses that are closed while they are opened are all closed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "copilot-lsp-http-"));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, "http.sock");
  const servers: Server[] = [];
  const createServer = (): Server => {
    const server = createTcp();
    servers.push(server);
    return server;
  };
  // Whichever of them is under way.
  for (let turns = 0; turns < 12; turns += 1) {
    const sockets = createListenSockets({ clock: systemClock, log: createRecordingLog(), createServer, inherited: [] });
    const opening = sockets.open({ address: "127.0.0.1", port: 0, socket, isLoopbackOnly: true });
    for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => process.nextTick(resolve));
    sockets.close();
    await opening;
    expect(servers.filter(({ listening }) => listening)).toEqual([]);
    expect(existsSync(socket)).toBe(false);
  }
});
