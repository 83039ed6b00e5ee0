import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import { createSteppingClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { caFile, serverCertificate } from "./certificates.ts";
import {
  callWith,
  collect,
  createHarness,
  each,
  emulate,
  harnessFor,
  later,
  rejection,
  sessionAt,
  settle,
  textOf,
  until,
} from "./harness.ts";

/** A TCP server that does with a connection what the test says. */
async function listen(onConnection: (socket: Socket) => void): Promise<{ url: string; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    onConnection(socket);
    // Unread, it would not notice that the other end is gone.
    if (!socket.isPaused()) socket.resume();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  later(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, server };
}

describe("connections", () => {
  test("are kept alive and used again", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    for (let round = 0; round < 3; round += 1) {
      await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    }
    expect(new Set(emulator.calls.map(({ connection }) => connection)).size).toBe(1);
  });

  test("that carry an answer carry no second request, before its head nor after", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    await ask();
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const iterator = stream.pieces[Symbol.asyncIterator]();
    await iterator.next();
    const hold = emulator.hold("login");
    const held = ask();
    await hold.reached;
    expect(await ask()).toBe("octocat");
    hold.release();
    await held;
    await iterator.return?.();
    expect(emulator.calls.map(({ connection }) => connection)).toEqual([1, 1, 2, 3]);
  });

  test("are opened ahead, without a token, so that the first completion finds one", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const session = sessionAt(emulator.url);
    upstream.copilot.warm(session);
    const ping = await emulator.nextCall("ping");
    expect(await ping.ended).toBe("answered");
    expect(ping.headers["authorization"]).toBeUndefined();
    await settle();
    upstream.copilot.warm(session);
    emulator.script("completions", { kind: "stream", choices: [["a"]] });
    await textOf((await upstream.copilot.openCompletions(createTestCtx(), callWith(session))).pieces);
    expect(emulator.calls.map(({ route, connection }) => [route, connection])).toEqual([
      ["ping", 1],
      ["completions", 1],
    ]);
  });

  test("that cannot be opened ahead are no error", async () => {
    const { upstream, log } = createHarness();
    upstream.copilot.warm(sessionAt("http://127.0.0.1:1"));
    upstream.copilot.warm(sessionAt("no url at all"));
    await until(() => log.lines.filter(({ message }) => message.includes("ahead")).length === 2);
    expect(log.lines.every(({ level }) => level === "debug")).toBe(true);
  });

  test("that died while idle cost one silent retry, not an error", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    await upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken));
    emulator.dropConnections();
    expect(await upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken))).toBe("octocat");
    expect(emulator.callsTo("login").map(({ connection }) => connection)).toEqual([1, 2]);
  });

  test("that are reset before the answer are tried once more, and only once", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    emulator.script("login", { kind: "reset" });
    expect(await upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken))).toBe("octocat");
    expect(emulator.callsTo("login")).toHaveLength(2);
    emulator.script("login", { kind: "reset" }, { times: 5 });
    expect(await rejection(upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken)))).toMatchObject({
      code: "offline",
      message: expect.stringContaining("closed the connection"),
    });
    expect(emulator.callsTo("login")).toHaveLength(4);
  });

  test("of a machine that slept are not used again", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator);
    await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    clock.sleepMachine(60_000);
    await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    expect(emulator.callsTo("login").map(({ connection }) => connection)).toEqual([1, 2, 2]);
  });

  test("beside one that gave no answer are not trusted either", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator, { headersTimeoutMs: 1_000 });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    const holds = [emulator.hold("login"), emulator.hold("login")];
    const both = [ask(), ask()];
    for (const hold of holds) {
      await hold.reached;
      hold.release();
    }
    await Promise.all(both);
    await settle();
    emulator.script("login", { kind: "hang" });
    const hanging = rejection(ask());
    await emulator.nextCall("login");
    await clock.advance(1_000);
    expect(await hanging).toMatchObject({ code: "timeout" });
    await Promise.all([ask(), ask()]);
    for (const { connection } of emulator.callsTo("login").slice(-2)) expect([1, 2]).not.toContain(connection);
  });

  test("of old settings are left to finish, new requests take new ones", async () => {
    const emulator = await emulate();
    const { upstream, set } = harnessFor(emulator);
    const hold = emulator.hold("login");
    const first = upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    await hold.reached;
    set({ noProxy: "example.com" });
    await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    hold.release();
    expect(await first).toBe("octocat");
    expect(emulator.callsTo("login").map(({ connection }) => connection)).toEqual([1, 2]);
  });
});

describe("deadlines", () => {
  test("a host that never answers is a timeout after the head deadline, by the given clock", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator, { headersTimeoutMs: 3_000 });
    emulator.script("completions", { kind: "hang" });
    const opening = rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    const call = await emulator.nextCall("completions");
    await clock.advance(2_999);
    expect(emulator.inFlight()).toBe(1);
    await clock.advance(1);
    expect(await opening).toMatchObject({ code: "timeout", message: expect.stringContaining("3 s") });
    expect(await call.ended).toBe("left");
    expect(emulator.callsTo("completions")).toHaveLength(1);
  });

  test("a body that falls silent is a timeout, and what came before was given", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator, { stallTimeoutMs: 2_000 });
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const seen: string[] = [];
    const reading = rejection(
      (async () => {
        for await (const { text } of each(stream.pieces)) seen.push(text);
      })(),
    );
    await until(() => seen.length === 1);
    await clock.advance(1_999);
    expect(emulator.inFlight()).toBe(1);
    await clock.advance(1);
    expect(await reading).toMatchObject({ code: "timeout", message: expect.stringContaining("silent") });
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  test("a slow reader is no silence", async () => {
    const emulator = await emulate({ clock: createSteppingClock() });
    const { upstream, clock } = harnessFor(emulator, { stallTimeoutMs: 2_000 });
    emulator.script("completions", { kind: "stream", choices: [["a", "b"]], chunkDelayMs: 1 });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const iterator = each(stream.pieces);
    await iterator.next();
    await clock.advance(60_000);
    expect(await iterator.next()).toMatchObject({ value: { text: "b" } });
    await iterator.return(undefined);
  });

  test("the same deadline holds for bodies of JSON", async () => {
    let wrote = false;
    const { url } = await listen((socket) => {
      socket.once("data", () => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", () => {
          wrote = true;
        });
      });
    });
    const { upstream, clock } = createHarness({ githubUri: url, stallTimeoutMs: 700 });
    const asking = rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    await until(() => wrote);
    await settle();
    await clock.advance(700);
    expect(await asking).toMatchObject({ code: "timeout" });
  });

  test("a host that takes TCP but no TLS is a timeout after the connect deadline", async () => {
    const sockets: Socket[] = [];
    const { url } = await listen((socket) => sockets.push(socket));
    const { upstream, clock } = createHarness({
      githubUri: url.replace("http:", "https:"),
      connectTimeoutMs: 1_500,
    });
    const asking = rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    await until(() => sockets.length === 1);
    await clock.advance(1_500);
    expect(await asking).toMatchObject({ code: "timeout", message: expect.stringContaining("TLS") });
    await until(() => sockets.every((socket) => socket.closed));
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a cancel does not wait for a connection that is being opened", async () => {
    const sockets: Socket[] = [];
    const { url } = await listen((socket) => sockets.push(socket));
    const { upstream } = createHarness({ githubUri: url.replace("http:", "https:") });
    const ctx = createTestCtx();
    const asking = rejection(upstream.github.fetchLogin(ctx, new Secret("ghu_0001")));
    await until(() => sockets.length === 1);
    const reason = new Error("left");
    ctx.cancel(reason);
    expect(await asking).toBe(reason);
  });
});

test.each(["HTTP/2", "HTTP/1.1", "a proxy"])(
  "a request that was cancelled before it had a connection is never sent: %s",
  async (way) => {
    const emulator = await emulate({ tls: { ...serverCertificate, http2: way === "HTTP/2" } });
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let clients = 0;
    const relay = async (client: Socket): Promise<void> => {
      client.pause();
      clients += 1;
      await opened;
      if (way === "a proxy") {
        client.resume();
        await once(client, "data");
        client.pause();
        client.write("HTTP/1.1 200 OK\r\n\r\n");
      }
      const target = connect(Number(new URL(emulator.url).port), "127.0.0.1");
      client.pipe(target).pipe(client);
      client.on("close", () => target.destroy());
    };
    const { url } = await listen((client) => void relay(client));
    const { upstream } = createHarness(
      way === "a proxy"
        ? { githubUri: "https://copilot.test", caFile, proxy: url }
        : { githubUri: url.replace("http:", "https:"), caFile },
    );
    const ctx = createTestCtx();
    const cancelled = rejection(upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken)));
    const wanted = upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
    await until(() => clients > 0);
    ctx.cancel("never mind");
    expect(await cancelled).toBe("never mind");
    open();
    expect(await wanted).toBe("octocat");
    // A request that comes later is the only other one.
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    expect(emulator.calls).toHaveLength(2);
    if (way !== "a proxy") expect(clients).toBe(1);
  },
);

describe("no network", () => {
  test("a name that does not exist is offline, and said so", async () => {
    const { upstream } = createHarness({ githubUri: "https://github.invalid" });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("github.invalid") });
    expect(error).toMatchObject({ message: expect.stringContaining("name was not found") });
  });

  test("a refused connection is offline, and said so", async () => {
    const { url, server } = await listen(() => undefined);
    await new Promise((resolve) => {
      server.close(resolve);
    });
    const { upstream } = createHarness({ githubUri: url });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code: "offline", message: expect.stringContaining("refused") });
  });

  test("a server that speaks no HTTP is no crash", async () => {
    const { url } = await listen((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"));
    const { upstream } = createHarness({ githubUri: url });
    const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    expect(error).toMatchObject({ code: expect.stringMatching(/offline|intercepted/) });
  });
});

describe("closing", () => {
  test("ends what is under way with `closing`, and what comes later", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator);
    const ctx = createTestCtx();
    const hold = emulator.hold("login");
    const held = rejection(upstream.github.fetchLogin(ctx, new Secret(emulator.githubToken)));
    await hold.reached;
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url)));
    const reading = rejection(collect(stream.pieces));
    await upstream.close();
    await upstream.close();
    expect(await held).toMatchObject({ code: "closing" });
    expect(await reading).toMatchObject({ code: "closing" });
    expect(await rejection(upstream.github.fetchLogin(ctx, new Secret("ghu_0001")))).toMatchObject({ code: "closing" });
    await until(() => emulator.inFlight() === 0);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("ends a connection that is being opened", async () => {
    const sockets: Socket[] = [];
    const { url } = await listen((socket) => sockets.push(socket));
    const { upstream, clock } = createHarness({ githubUri: url.replace("http:", "https:") });
    const asking = rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
    await until(() => sockets.length === 1);
    await upstream.close();
    expect(await asking).toMatchObject({ code: "closing" });
    await until(() => sockets.every((socket) => socket.closed));
    expect(clock.pendingTimers()).toBe(0);
  });
});
