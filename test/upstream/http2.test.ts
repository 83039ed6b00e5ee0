import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { connect, createServer, type Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import type { CompletionStream } from "../../server/upstream/types.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { caFile, serverCertificate } from "./certificates.ts";
import {
  callWith,
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

const tls = { ...serverCertificate, http2: true };

/** An HTTP/2 server of the test's own, for what happens to whole sessions. */
async function serve(
  onStream: (stream: ServerHttp2Stream) => void,
): Promise<{ url: string; port: number; server: Http2SecureServer; sessions: ServerHttp2Session[] }> {
  const sessions: ServerHttp2Session[] = [];
  const sockets = new Set<Socket>();
  const server = createSecureServer({ ...serverCertificate, allowHTTP1: false });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => session.destroy());
  });
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    onStream(stream);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  later(async () => {
    // A session with unsent bytes outlives its destruction.
    for (const session of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { url: `https://127.0.0.1:${port}`, port, server, sessions };
}

function answerLogin(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/json", "x-github-request-id": "1" });
  stream.end('{"login":"octocat"}');
}

/** A wire to `port` that can be made to swallow everything, as a network that went away does. */
async function startWire(port: number): Promise<{ url: string; blacken(): void; heal(): void; accepted(): number }> {
  let isBlack = false;
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    count += 1;
    const target = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(from);
      let isDead = false;
      from.on("data", (bytes) => {
        if (isBlack) isDead = true;
        if (!isDead) to.write(bytes);
      });
      from.on("error", () => undefined);
      from.on("close", () => to.destroy());
    }
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
  return {
    url: `https://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    blacken() {
      isBlack = true;
    },
    heal() {
      isBlack = false;
    },
    accepted: () => count,
  };
}

describe("over HTTP/2", () => {
  test("many requests at once share one connection", async () => {
    const emulator = await emulate({ tls });
    const { upstream } = harnessFor(emulator, { caFile });
    const session = sessionAt(emulator.url);
    upstream.copilot.warm(session);
    await (await emulator.nextCall("ping")).ended;
    await settle();
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" }, { times: 10 });
    const streams = await Promise.all(
      Array.from({ length: 10 }, () => upstream.copilot.openCompletions(createTestCtx(), callWith(session))),
    );
    expect(emulator.inFlight()).toBe(10);
    expect(new Set(emulator.calls.map(({ connection }) => connection)).size).toBe(1);
    for (const stream of streams) await stream.pieces[Symbol.asyncIterator]().return?.();
    // None of them ends by itself.
    await Promise.all(emulator.callsTo("completions").map(({ ended }) => ended));
    expect(emulator.inFlight()).toBe(0);
  });

  test("leaving and cancelling end the stream and keep the session and its siblings", async () => {
    const emulator = await emulate({ tls });
    const { upstream } = harnessFor(emulator, { caFile });
    const session = sessionAt(emulator.url);
    upstream.copilot.warm(session);
    await (await emulator.nextCall("ping")).ended;
    await settle();
    const open = (ctx = createTestCtx()): Promise<CompletionStream> =>
      upstream.copilot.openCompletions(ctx, callWith(session));
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" }, { times: 2 });
    const left = await open();
    const cancelCtx = createTestCtx();
    const cancelled = await open(cancelCtx);
    const hold = emulator.hold("completions");
    emulator.script("completions", { kind: "stream", choices: [["sibling"]] }, { times: 2 });
    const sibling = open();
    await hold.reached;
    for await (const piece of each(left.pieces)) if (piece.text === "a") break;
    cancelCtx.cancel("enough");
    expect(await rejection(textOf(cancelled.pieces))).toBe("enough");
    // Neither of them ends by itself.
    await Promise.all([emulator.callsTo("completions")[0]?.ended, emulator.callsTo("completions")[1]?.ended]);
    expect(emulator.inFlight()).toBe(1);
    hold.release();
    expect(await textOf((await sibling).pieces)).toBe("sibling");
    expect(await textOf((await open()).pieces)).toBe("sibling");
    expect(new Set(emulator.calls.map(({ connection }) => connection)).size).toBe(1);
  });

  test("bytes may be cut anywhere", async () => {
    const emulator = await emulate({ tls });
    const { upstream } = harnessFor(emulator, { caFile });
    emulator.script("completions", { kind: "stream", choices: [["größe", "🎉"]], bytesPerWrite: 1 });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    expect(await textOf(stream.pieces)).toBe("größe🎉");
  });

  test("a slow reader holds the server back instead of filling the memory", async () => {
    let sent = 0;
    const { url, sessions } = await serve((stream) => {
      stream.respond({ ":status": 200, "content-type": "text/event-stream", "x-github-request-id": "1" });
      const event = `data: ${JSON.stringify({ choices: [{ index: 0, text: "x".repeat(16_000) }] })}\n\n`;
      const write = (): void => {
        while (sent < 2_000 && !stream.destroyed) {
          sent += 1;
          if (!stream.write(event)) {
            stream.once("drain", write);
            return;
          }
        }
      };
      write();
    });
    const { upstream } = createHarness({ caFile });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    const iterator = each(stream.pieces);
    await iterator.next();
    // The answer to a PING comes after all that the server read before it: twice the same, and it waits for the reader.
    let held = -1;
    while (held !== sent) {
      held = sent;
      expect(held).toBeLessThan(200);
      await new Promise((resolve) => sessions[0]?.ping(resolve));
    }
    for (let piece = 0; piece < held; piece += 1) await iterator.next();
    await until(() => sent > held);
    await iterator.return(undefined);
  });

  test("a server that goes away answers what it has taken on, and is not asked again on that session", async () => {
    const going = { stream: undefined as ServerHttp2Stream | undefined };
    let streams = 0;
    const { url, sessions } = await serve((stream) => {
      streams += 1;
      if (streams !== 2) {
        answerLogin(stream);
        return;
      }
      going.stream = stream;
      stream.session?.goaway();
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    await ask();
    const taken = ask();
    await until(() => going.stream !== undefined);
    await settle();
    expect(await ask()).toBe("octocat");
    expect(sessions).toHaveLength(2);
    if (going.stream) answerLogin(going.stream);
    expect(await taken).toBe("octocat");
    expect(streams).toBe(3);
  });

  test("a server that goes away with an error costs one silent retry on a new session", async () => {
    let streams = 0;
    const { url, sessions } = await serve((stream) => {
      streams += 1;
      if (streams === 2) stream.session?.goaway(2);
      else answerLogin(stream);
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await ask()).toBe("octocat");
    expect(await ask()).toBe("octocat");
    expect(await ask()).toBe("octocat");
    expect(sessions).toHaveLength(2);
    expect(streams).toBe(4);
  });

  test("a server that goes away while nothing is asked is not noticed", async () => {
    const { url, sessions } = await serve(answerLogin);
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await ask()).toBe("octocat");
    sessions[0]?.goaway();
    expect(await ask()).toBe("octocat");
    sessions.at(-1)?.destroy();
    expect(await ask()).toBe("octocat");
  });

  test("a server that goes away with several requests on the session costs each of them one retry", async () => {
    let streams = 0;
    const { url } = await serve((stream) => {
      streams += 1;
      if (streams === 1) answerLogin(stream);
      else if (streams <= 5) {
        if (streams === 5) stream.session?.goaway(2);
      } else answerLogin(stream);
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    await ask();
    expect(await Promise.all([ask(), ask(), ask(), ask()])).toEqual(Array(4).fill("octocat"));
  });

  test("requests that come before there is a connection share the one that is being opened", async () => {
    const { url, sessions } = await serve(answerLogin);
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["octocat", "octocat", "octocat"]);
    expect(sessions).toHaveLength(1);
  });

  test.each([
    ["refused", 7],
    ["cancelled", 8],
    ["ended without an answer", 0],
  ])("a stream that is %s by the server is asked once more, on the same session", async (_name, code) => {
    let streams = 0;
    const { url, sessions } = await serve((stream) => {
      streams += 1;
      if (streams === 2) stream.close(code);
      else answerLogin(stream);
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    await ask();
    expect(await ask()).toBe("octocat");
    expect(sessions).toHaveLength(1);
  });

  test.each([
    ["refused", (stream: ServerHttp2Stream) => stream.close(7), 2],
    ["beyond the last one that GOAWAY names", (stream: ServerHttp2Stream) => stream.session?.goaway(0, 1), 2],
    ["cancelled", (stream: ServerHttp2Stream) => stream.close(8), 1],
    ["lost with its session", (stream: ServerHttp2Stream) => stream.session?.destroy(), 1],
  ])("a completion is asked once more only where it was not processed: %s", async (_name, fail, expected) => {
    let asked = 0;
    const { url } = await serve((stream) => {
      const isCompletion = asked > 0 || stream.id !== 1;
      if (!isCompletion) {
        answerLogin(stream);
        return;
      }
      asked += 1;
      if (asked === 1) {
        fail(stream);
        return;
      }
      stream.respond({ ":status": 200, "content-type": "text/event-stream", "x-github-request-id": "1" });
      stream.end('data: {"choices":[{"index":0,"text":"a","finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    await upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    const opening = upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    if (expected === 2) expect(await textOf((await opening).pieces)).toBe("a");
    else expect(await rejection(opening)).toMatchObject({ code: "offline" });
    expect(asked).toBe(expected);
  });

  test.each(["cancelled", "failed"])("a stream that is %s by the server in the middle is broken off", async (how) => {
    const { url } = await serve((stream) => {
      stream.respond({ ":status": 200, "content-type": "text/event-stream", "x-github-request-id": "1" });
      const cancel = new AbortController();
      addAbortSignal(cancel.signal, stream);
      // `stream.close` would end the body first, and that is no break.
      stream.write('data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}\n\n', () => {
        if (how === "cancelled") cancel.abort();
        else stream.destroy(new Error("out of order"));
      });
    });
    const { upstream } = createHarness({ caFile });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    expect(await rejection(textOf(stream.pieces))).toMatchObject({ code: "upstream-failed" });
  });

  test.each([
    ["the stream", (stream: ServerHttp2Stream) => stream.close(11)],
    ["the session", (stream: ServerHttp2Stream) => stream.session?.goaway(11)],
  ])("ENHANCE_YOUR_CALM for %s is a limit, and the request is not repeated", async (_name, calm) => {
    let asked = 0;
    const { url } = await serve((stream) => {
      asked += 1;
      calm(stream);
    });
    const { upstream } = createHarness({ githubUri: url, caFile });
    const completion = upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    expect(await rejection(completion)).toMatchObject({ code: "limited" });
    const login = upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await rejection(login)).toMatchObject({ code: "limited" });
    expect(asked).toBe(2);
  });

  test.each([60_000, 800])(
    "a dead session is replaced at the head deadline at the latest: %i ms",
    async (headersTimeoutMs) => {
      const { port } = await serve(answerLogin);
      const wire = await startWire(port);
      const { upstream, clock } = createHarness({ githubUri: wire.url, caFile, headersTimeoutMs });
      const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
      expect(await ask()).toBe("octocat");
      wire.blacken();
      const both = [ask(), ask()];
      await settle();
      wire.heal();
      await clock.advance(Math.min(headersTimeoutMs, 2_500));
      expect(await Promise.all(both)).toEqual(["octocat", "octocat"]);
      expect(wire.accepted()).toBe(2);
    },
  );

  test("a session that falls silent in the middle of a stream is not used again", async () => {
    const emulator = await emulate({ tls });
    const wire = await startWire(Number(new URL(emulator.url).port));
    const { upstream, clock } = createHarness({ caFile, stallTimeoutMs: 2_000 });
    const session = sessionAt(wire.url);
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(session));
    const iterator = stream.pieces[Symbol.asyncIterator]();
    await iterator.next();
    await settle();
    wire.blacken();
    const waiting = rejection(iterator.next());
    await clock.advance(2_000);
    expect(await waiting).toMatchObject({ code: "timeout" });
    wire.heal();
    emulator.script("completions", { kind: "stream", choices: [["b"]] });
    expect(await textOf((await upstream.copilot.openCompletions(createTestCtx(), callWith(session))).pieces)).toBe("b");
    expect(wire.accepted()).toBe(2);
  });

  test("a session that went dead is found out by a ping, replaced, and the request asked once more", async () => {
    const asked: string[] = [];
    const { port } = await serve((stream) => {
      asked.push(stream.id === 1 ? "first" : "later");
      answerLogin(stream);
    });
    const wire = await startWire(port);
    const { upstream, clock } = createHarness({ githubUri: wire.url, caFile, headersTimeoutMs: 60_000 });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await ask()).toBe("octocat");
    wire.blacken();
    const second = ask();
    await settle();
    wire.heal();
    expect(wire.accepted()).toBe(1);
    await clock.advance(2_500);
    expect(await second).toBe("octocat");
    expect(wire.accepted()).toBe(2);
    expect(asked).toEqual(["first", "first"]);
  });

  test("a network that stays dead is a timeout after two tries", async () => {
    const { port } = await serve(answerLogin);
    const wire = await startWire(port);
    const { upstream, clock } = createHarness({ githubUri: wire.url, caFile, headersTimeoutMs: 60_000 });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    expect(await ask()).toBe("octocat");
    wire.blacken();
    const second = rejection(ask());
    await settle();
    await clock.advance(2_500);
    await until(() => wire.accepted() === 2);
    await clock.advance(5_000);
    expect(await second).toMatchObject({ code: "timeout" });
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a model that only thinks long is waited for up to the head deadline, and not asked twice", async () => {
    const emulator = await emulate({ tls });
    const { upstream, clock } = harnessFor(emulator, { caFile, headersTimeoutMs: 8_000 });
    const session = sessionAt(emulator.url);
    const hold = emulator.hold("completions");
    emulator.script("completions", { kind: "stream", choices: [["late"]] });
    const opening = upstream.copilot.openCompletions(createTestCtx(), callWith(session));
    await hold.reached;
    await settle();
    await clock.advance(7_999);
    hold.release();
    expect(await textOf((await opening).pieces)).toBe("late");

    emulator.script("completions", { kind: "hang" });
    const hanging = rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(session)));
    await emulator.nextCall("completions");
    await settle();
    await clock.advance(8_000);
    expect(await hanging).toMatchObject({ code: "timeout", message: expect.stringContaining("8 s") });
    expect(emulator.callsTo("completions")).toHaveLength(2);
    expect(new Set(emulator.calls.map(({ connection }) => connection)).size).toBe(1);
  });

  test("closing ends everything at once", async () => {
    const emulator = await emulate({ tls });
    const { upstream, clock } = harnessFor(emulator, { caFile });
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const reading = rejection(textOf(stream.pieces));
    await upstream.close();
    expect(await reading).toMatchObject({ code: "closing" });
    await until(() => emulator.inFlight() === 0);
    expect(clock.pendingTimers()).toBe(0);
    // So that the server has seen the end before it is closed itself.
    await settle();
  });

  test("other settings leave the streams under way alone and end the old session after them", async () => {
    const held: ServerHttp2Stream[] = [];
    const { url, sessions } = await serve((stream) => {
      if (held.length === 0) held.push(stream);
      else answerLogin(stream);
    });
    const { upstream, set } = createHarness({ githubUri: url, caFile });
    const ask = (): Promise<string> => upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
    const first = ask();
    await until(() => held.length === 1);
    set({ noProxy: "example.com" });
    expect(await ask()).toBe("octocat");
    expect(sessions.map((session) => session.destroyed)).toEqual([false, false]);
    if (held[0]) answerLogin(held[0]);
    expect(await first).toBe("octocat");
    await until(() => sessions[0]?.destroyed === true);
    expect(sessions[1]?.destroyed).toBe(false);
  });
});
