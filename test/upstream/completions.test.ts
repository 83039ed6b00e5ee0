import { describe, expect, test } from "vitest";
import { createSteppingClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import {
  bodyOf,
  callWith,
  collect,
  each,
  emulate,
  harnessFor,
  machineId,
  rejection,
  sessionAt,
  settle,
  textOf,
  until,
  version,
} from "./harness.ts";

describe("a completion request", () => {
  test("carries honest and stable identity headers", async () => {
    const emulator = await emulate();
    const { upstream, identify } = harnessFor(emulator);
    const ctx = createTestCtx();
    const session = sessionAt(emulator.url);
    const [token] = emulator.tokens;
    expect(token).toBeDefined();
    emulator.script("completions", { kind: "stream", choices: [["x"]] }, { times: 3 });
    await textOf((await upstream.copilot.openCompletions(ctx, callWith(session, { speculative: true }))).pieces);
    identify({ editorName: "Neovim", editorVersion: "0.12.0", pluginName: "nvim-lspconfig", pluginVersion: "2.1" });
    await textOf((await upstream.copilot.openCompletions(ctx, callWith(session))).pieces);
    identify({ editorName: "Édi\ntör", editorVersion: "" });
    await textOf((await upstream.copilot.openCompletions(ctx, callWith(session))).pieces);

    const [first, second, third] = emulator.callsTo("completions").map(({ headers }) => headers);
    expect(first).toMatchObject({
      "content-type": "application/json",
      "accept-encoding": "identity",
      authorization: `Bearer ${session.token.reveal()}`,
      "editor-version": `copilot-lsp/${version}`,
      "editor-plugin-version": `copilot-lsp/${version}`,
      "user-agent": `copilot-lsp/${version}`,
      "openai-organization": "github-copilot",
      "openai-intent": "copilot-ghost",
      "x-request-id": "4ab3a2f0-6c39-4d0e-9f0a-9d7c6c0e0001",
      "x-copilot-async": "true",
      "x-copilot-speculative": "true",
      "vscode-machineid": machineId,
    });
    expect(first?.["x-github-api-version"]).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(first?.["vscode-sessionid"]).toMatch(/^[0-9a-f-]{36}\d{13}$/);
    expect(second).toMatchObject({
      "editor-version": "Neovim/0.12.0",
      "editor-plugin-version": "nvim-lspconfig/2.1",
      "x-copilot-speculative": "false",
    });
    expect(second?.["vscode-sessionid"]).toBe(first?.["vscode-sessionid"]);
    expect(third?.["editor-version"]).toBe("ditr/unknown");
    expect(emulator.callsTo("completions")[0]?.path).toBe("/v1/engines/gpt-41-copilot/completions");
    expect(emulator.callsTo("completions")[0]?.body).toEqual(bodyOf());
  });

  test("says what settings say instead, from the next request on", async () => {
    const emulator = await emulate();
    const { upstream, set, identify } = harnessFor(emulator);
    identify({ editorName: "Neovim", editorVersion: "0.12.0" });
    set({
      userAgent: "Agent/1",
      editorName: "vscode",
      editorVersion: "1.99",
      pluginName: "chat",
      pluginVersion: "0.2",
    });
    emulator.script("completions", { kind: "stream", choices: [["x"]] });
    await textOf((await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)))).pieces);
    expect(emulator.callsTo("completions")[0]?.headers).toMatchObject({
      "user-agent": "Agent/1",
      "editor-version": "vscode/1.99",
      "editor-plugin-version": "chat/0.2",
    });
  });

  test("does not send a token that no header can hold", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const call = callWith(sessionAt(emulator.url, "tid=1\r\nx-evil: 1"));
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), call));
    expect(error).toMatchObject({ code: "signed-out" });
    expect(String(error)).not.toContain("evil");
    expect(emulator.calls).toHaveLength(0);
  });
});

describe("a completion stream", () => {
  test("gives the pieces of each choice in order, with their ends", async () => {
    const emulator = await emulate({ clock: createSteppingClock() });
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", {
      kind: "stream",
      choices: [["a", "b"], ["c"]],
      finishReason: "length",
      chunkDelayMs: 1,
    });
    const call = callWith(sessionAt(emulator.url), { body: bodyOf({ n: 2 }) });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), call);
    const pieces = await collect(stream.pieces);
    const of = (index: number): unknown =>
      pieces.filter((piece) => piece.index === index).map(({ text, finishReason }) => [text, finishReason]);
    expect(of(0)).toEqual([
      ["a", null],
      ["b", null],
      ["", "length"],
    ]);
    expect(of(1)).toEqual([
      ["c", null],
      ["", "length"],
    ]);
  });

  test("gives what came together as one piece of each choice", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const event = (index: number, text: string, finish_reason: string | null = null): string =>
      `data: ${JSON.stringify({ choices: [{ index, text, finish_reason }] })}\n\n`;
    const bytes = `${event(0, "a")}${event(1, "x")}${event(0, "b", "stop")}${event(1, "y")}${event(0, "too late")}data: [DONE]\n\n`;
    emulator.script("completions", { kind: "raw-stream", bytes });
    const call = callWith(sessionAt(emulator.url), { body: bodyOf({ n: 2 }) });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), call);
    expect(await collect(stream.pieces)).toEqual([
      { index: 0, text: "ab", finishReason: "stop" },
      { index: 1, text: "xy", finishReason: null },
    ]);
  });

  test.each([1, 2, 3, 5, 7, 16, 1000])("may be cut every %i bytes, also inside a character", async (bytesPerWrite) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const words = ["const größe = '", "日本", "🎉🎉", "';\n", '\\"\u2028'];
    emulator.script("completions", { kind: "stream", choices: [words], bytesPerWrite });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    expect(await textOf(stream.pieces)).toBe(words.join(""));
  });

  test("lets the connection be used again after [DONE]", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "stream", choices: [["x"]] }, { times: 3 });
    for (let round = 0; round < 3; round += 1) {
      const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
      expect(await textOf(stream.pieces)).toBe("x");
      await emulator.calls.at(-1)?.ended;
      await settle();
    }
    expect(new Set(emulator.calls.map(({ connection }) => connection)).size).toBe(1);
  });

  test("skips what makes no sense, and comments, with a line in the log", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const bytes = [
      ": keep-alive\n\n",
      "event: ping\ndata: {}\n\n",
      'data: {"choices":[{"index":0,"text":"a","finish_reason":null}]}\r\n\r\n',
      "data: {broken\n\n",
      'data: {"choices":[]}\n\n',
      'data: {"choices":[{"index":0}],"id":"x"}\n\n',
      'data: {"choices":[{"index":0,"text":"b","finish_reason":"stop"}]}\n\n',
      "data: [DONE]",
    ].join("");
    emulator.script("completions", { kind: "raw-stream", bytes });
    const ctx = createTestCtx();
    const stream = await upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url)));
    expect(await textOf(stream.pieces)).toBe("ab");
    expect(ctx.log.lines.filter(({ message }) => message.includes("makes no sense"))).toHaveLength(1);
  });

  test("is an answer when it ends without [DONE], also where a choice has not ended", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const event = 'data: {"choices":[{"index":0,"text":"a"}]}\n\n';
    emulator.script("completions", { kind: "raw-stream", bytes: event }, { times: 2 });
    for (const n of [1, 2]) {
      const call = callWith(sessionAt(emulator.url), { body: bodyOf({ n }) });
      const { pieces } = await upstream.copilot.openCompletions(createTestCtx(), call);
      expect(await textOf(pieces)).toBe("a");
    }
  });

  test.each(["no-done", "reset", "stall"] as const)(
    "is complete when every choice has ended, whatever becomes of the connection (%s)",
    async (end) => {
      const emulator = await emulate();
      const { upstream } = harnessFor(emulator);
      emulator.script("completions", { kind: "stream", choices: [["a"]], finishReason: "stop", end });
      const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
      // No deadline has to pass for it.
      expect(await textOf(stream.pieces)).toBe("a");
    },
  );

  test("that breaks off gives its pieces first, then fails", async () => {
    const emulator = await emulate({ clock: createSteppingClock() });
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "stream", choices: [["a", "b"]], end: "reset", chunkDelayMs: 1 });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { text } of each(stream.pieces)) seen.push(text);
    })();
    expect(await rejection(reading)).toMatchObject({
      code: "upstream-failed",
      message: expect.stringContaining("broke off"),
    });
    expect(seen.join("")).toBe("ab");
    expect(emulator.callsTo("completions")).toHaveLength(1);
  });

  test("that says an error fails with its words", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const session = sessionAt(emulator.url);
    const bytes = `data: {"choices":[{"index":0,"text":"a"}]}\n\ndata: {"error":{"message":"overloaded for ${session.token.reveal()}"}}\n\n`;
    emulator.script("completions", { kind: "raw-stream", bytes });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(session));
    const error = await rejection(textOf(stream.pieces));
    expect(error).toMatchObject({ code: "upstream-failed", message: expect.stringContaining("overloaded") });
    expect(String(error)).not.toContain("mac0123");
  });

  test.each([{ code: "rate_limited" }, { type: "rate_limit_exceeded" }, { code: 429 }])(
    "that says in the middle by %j that too much was asked for is a limit",
    async (said) => {
      const emulator = await emulate();
      const { upstream } = harnessFor(emulator);
      const event = JSON.stringify({ error: { message: "Slow down.", ...said } });
      const bytes = `data: {"choices":[{"index":0,"text":"a"}]}\n\ndata: ${event}\n\n`;
      emulator.script("completions", { kind: "raw-stream", bytes });
      const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
      expect(await rejection(textOf(stream.pieces))).toMatchObject({ code: "limited" });
    },
  );

  test("that never ends a choice has it cut where no answer of its length can go on, however small its pieces", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const bytes = 'data: {"choices":[{"text":"a"}]}\n\n'.repeat(200);
    emulator.script("completions", { kind: "raw-stream", bytes });
    const call = callWith(sessionAt(emulator.url), { body: bodyOf({ max_tokens: 10 }) });
    const pieces = (await collect((await upstream.copilot.openCompletions(createTestCtx(), call)).pieces)).flat();
    expect(pieces.map(({ text }) => text).join("")).toBe("a".repeat(40));
    expect(pieces.at(-1)?.finishReason).toBe("length");
  });

  test("with an event without end is given up before it fills the memory", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "raw-stream", bytes: `data: {"x":"${"y".repeat(30_000_000)}` });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    expect(await rejection(textOf(stream.pieces))).toMatchObject({
      code: "upstream-failed",
      message: expect.stringContaining("event"),
    });
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  test("that is a page is a proxy's doing", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "html" });
    const error = await rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
    expect(error).toMatchObject({ code: "intercepted" });
  });
});

describe("leaving", () => {
  test("the loop early closes the request at the socket", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    for await (const { text } of each(stream.pieces)) {
      expect(text).toBe("a");
      break;
    }
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
    expect(emulator.inFlight()).toBe(0);
  });

  test("while a piece is being waited for ends the wait as well", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url)));
    const iterator = stream.pieces[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = iterator.next();
    await iterator.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
  });

  test("by cancel before the head, and in the middle, rejects with the signal's reason and reaches the socket", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const reason = { why: "superseded" };

    const before = createTestCtx();
    const hold = emulator.hold("completions");
    const opening = rejection(upstream.copilot.openCompletions(before, callWith(sessionAt(emulator.url))));
    const held = await hold.reached;
    before.cancel(reason);
    expect(await opening).toBe(reason);
    expect(await held.ended).toBe("left");

    const during = createTestCtx();
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(during, callWith(sessionAt(emulator.url)));
    const iterator = stream.pieces[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = rejection(iterator.next());
    during.cancel(reason);
    expect(await waiting).toBe(reason);
    expect(await emulator.callsTo("completions")[1]?.ended).toBe("left");
  });

  test("by cancel closes a stream that nobody reads", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    emulator.script("completions", { kind: "stream", choices: [["a"]], end: "stall" });
    const stream = await upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url)));
    ctx.cancel(new Error("gone"));
    expect(await emulator.callsTo("completions")[0]?.ended).toBe("left");
    expect(await rejection(collect(stream.pieces))).toBe(ctx.signal.reason);
  });

  test("before it began asks nothing", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    ctx.cancel("never mind");
    expect(await rejection(upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url))))).toBe(
      "never mind",
    );
    expect(emulator.calls).toHaveLength(0);
  });

  test("leaves no listener on the signal and no timer behind", async () => {
    const emulator = await emulate();
    const { upstream, clock } = harnessFor(emulator);
    const ctx = createTestCtx();
    let listeners = 0;
    const { signal } = ctx;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    emulator.script("completions", { kind: "stream", choices: [["a"]] }, { times: 2 });
    emulator.script("completions", { kind: "status", status: 500 });
    for (let round = 0; round < 2; round += 1) {
      const stream = await upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url)));
      await collect(stream.pieces);
    }
    await rejection(upstream.copilot.openCompletions(ctx, callWith(sessionAt(emulator.url))));
    await until(() => clock.pendingTimers() === 0);
    expect(listeners).toBe(0);
  });
});

test("a completion is not asked twice once the service may have seen it", async () => {
  const emulator = await emulate();
  const { upstream } = harnessFor(emulator);
  emulator.script("completions", { kind: "reset" });
  const asking = rejection(upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(emulator.url))));
  expect(await asking).toMatchObject({ code: "offline" });
  expect(emulator.callsTo("completions")).toHaveLength(1);
});
