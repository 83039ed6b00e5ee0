import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../shared/errors.ts";
import { CopilotError, errorCodes } from "../../shared/errors.ts";
import type { CompleteBody } from "../../shared/http.ts";
import { createGate } from "./support/gate.ts";
import { items, untilCancelled } from "../support/fake-core.ts";
import { serve } from "./support/serve.ts";

const prompt: CompleteBody = { prompt: "def add(a, b):\n    return ", language: "python" };

describe("the question", () => {
  test("reaches the core as a script's prompt for one line, whatever the content type", async () => {
    const { core, post } = await serve();
    await post("/", prompt, { "Content-Type": "application/x-www-form-urlencoded" });
    expect(core.asked).toEqual([
      {
        kind: "prompt",
        trigger: "script",
        before: prompt.prompt,
        after: "",
        languageId: "python",
        lines: "one",
      },
    ]);
  });

  test.each(["/", "/api", "/complete", "/complete?x=1"])("is answered at %s", async (path) => {
    const { post } = await serve();
    expect(await post(path, prompt)).toMatchObject({ status: 200, text: "42" });
  });

  test("carries every optional field", async () => {
    const { core, post } = await serve();
    await post("/", {
      ...prompt,
      suffix: "\n",
      path: "src/add.py",
      n: 3,
      stop: "\n\n",
      max_tokens: 7,
      temperature: 0.5,
      top_p: 1,
      model: "m",
      lines: "auto",
    });
    expect(core.asked[0]).toMatchObject({
      after: "\n",
      path: "src/add.py",
      n: 3,
      stop: ["\n\n"],
      maxTokens: 7,
      temperature: 0.5,
      topP: 1,
      model: "m",
      lines: "auto",
    });
  });

  test("needs a prompt alone, and takes null for absent", async () => {
    const { core, post } = await serve();
    expect((await post("/", { prompt: "x", suffix: null, n: null, stop: null })).status).toBe(200);
    expect(core.asked[0]).toMatchObject({ before: "x", after: "", languageId: "plaintext", lines: "one" });
  });

  test("takes the language from the path when it is not named", async () => {
    const { core, post } = await serve();
    await post("/", { prompt: "x", path: "src/add.py" });
    expect(core.asked[0]).toMatchObject({ languageId: "python", path: "src/add.py" });
  });

  test("with a stop of its own is not ended at the first line break", async () => {
    const { core, post } = await serve();
    await post("/", { ...prompt, stop: ["\n\n"] });
    expect(core.asked[0]).toMatchObject({ stop: ["\n\n"], lines: "block" });
  });

  test.each([
    [{}, '"prompt" must be a string, not missing.'],
    [{ prompt: 5 }, '"prompt" must be a string, not 5.'],
    [{ prompt: null }, '"prompt" must be a string, not null.'],
    [{ prompt: "", suffix: [] }, '"suffix" must be a string, not an array.'],
    [{ prompt: "", n: 11 }, '"n" must be a whole number from 1 to 10, not 11.'],
    [{ prompt: "", n: 1.5 }, '"n" must be a whole number from 1 to 10, not 1.5.'],
    [{ prompt: "", max_tokens: "9" }, '"max_tokens" must be a whole number from 1 to 4096, not a string.'],
    [{ prompt: "", stop: ["a", ""] }, '"stop" must be a string or up to 16 strings, none of them empty, not an array.'],
    [{ prompt: "", lines: "two" }, '"lines" must be one of one, auto, block, not a string.'],
    [[prompt], "The body must be a JSON object, not an array."],
    ["null", "The body must be a JSON object, not null."],
  ])("%j is refused by name", async (body, message) => {
    const { core, post } = await serve();
    const reply = await post("/", body);
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text)).toEqual({ error: { code: "bad-request", message } });
    expect(core.asked).toEqual([]);
  });
});

describe("the answer as text", () => {
  test("says in its headers where it came from", async () => {
    const { post } = await serve();
    const { headers, text } = await post("/", prompt);
    expect(text).toBe("42");
    expect(headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "content-length": "2",
      "x-copilot-model": "gpt-41-copilot",
      "x-copilot-source": "upstream",
      "x-request-id": "id-1",
    });
    expect(headers).not.toHaveProperty("x-copilot-reason");
  });

  test("is empty with a reason when there is nothing more", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => ({ kind: "empty", reason: "upstream-empty", model: "m" }));
    expect(await post("/", prompt)).toMatchObject({
      status: 200,
      text: "",
      headers: { "content-length": "0", "x-copilot-reason": "upstream-empty", "x-copilot-model": "m" },
    });
  });

  test("has a reason also when the core offers an item without text", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => items(""));
    expect(await post("/", prompt)).toMatchObject({ text: "", headers: { "x-copilot-reason": "upstream-empty" } });
  });

  test("is written as it is produced", async () => {
    const { core, connect } = await serve();
    const rest = createGate();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "a + " });
      await rest.opened;
      await onPartial?.({ index: 0, text: "b" });
      return items("a + b");
    });
    const client = connect();
    const body = JSON.stringify(prompt);
    client.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await client.until("4\r\na + \r\n");
    expect(client.received()).toMatch(/^HTTP\/1.1 200 /);
    expect(client.received()).toContain("X-Copilot-Model: gpt-41-copilot");
    rest.open();
    await client.until("1\r\nb\r\n0\r\n\r\n");
  });

  test("is the first alternative only", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 1, text: "second" });
      await onPartial?.({ index: 0, text: "first" });
      return items("first", "second");
    });
    expect((await post("/", { ...prompt, n: 2 })).text).toBe("first");
  });

  test("ends with what the core adds after its last piece", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "a" });
      return items("abc");
    });
    expect((await post("/", prompt)).text).toBe("abc");
  });

  test("keeps characters whole that arrive in halves", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "x\ud83d" });
      await onPartial?.({ index: 0, text: "\ude00y" });
      return items("x😀y");
    });
    expect((await post("/", prompt)).text).toBe("x😀y");
  });

  test.each(["1.0", "1.1"])("that breaks off after its first byte never ends cleanly over HTTP/%s", async (version) => {
    const { core, connect } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "half" });
      throw new CopilotError("upstream-failed", "The stream broke off.");
    });
    const client = connect();
    const body = JSON.stringify(prompt);
    client.write(`POST / HTTP/${version}\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const end = await client.ended().catch((error: NodeJS.ErrnoException) => error.code);
    if (version === "1.0") expect(end).toBe("ECONNRESET");
    else expect(end).not.toContain("0\r\n\r\n");
  });

  test("that contradicts what was sent of it is cut", async () => {
    const { core, post, log } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "one" });
      return items("two");
    });
    await expect(post("/", prompt)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(log.lines.filter((line) => line.level === "error")).toHaveLength(1);
  });
});

describe("the answer in other formats", () => {
  test("as JSON holds text, model and source", async () => {
    const { post } = await serve();
    const reply = await post("/", prompt, { Accept: "application/json" });
    expect(JSON.parse(reply.text)).toEqual({ text: "42", model: "gpt-41-copilot", source: "upstream" });
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  test("as JSON lists the alternatives when several were asked for", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => items("a", "b"));
    const reply = await post("/", { ...prompt, n: 2 }, { Accept: "application/json" });
    expect(JSON.parse(reply.text)).toMatchObject({
      text: "a",
      choices: [
        { index: 0, text: "a" },
        { index: 1, text: "b" },
      ],
    });
  });

  test("as JSON names the reason of an empty one", async () => {
    const { core, post } = await serve();
    core.answerWith(async () => ({ kind: "empty", reason: "excluded" }));
    const reply = await post("/", prompt, { Accept: "application/json;q=0.9, text/plain;q=0.1" });
    expect(JSON.parse(reply.text)).toEqual({ text: "", reason: "excluded" });
  });

  test("as events gives each piece and then the whole", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 1, text: "x" });
      await onPartial?.({ index: 0, text: "a\nb" });
      return items("a\nb", "x");
    });
    const reply = await post("/", { ...prompt, n: 2 }, { Accept: "text/event-stream" });
    expect(reply.headers["content-type"]).toBe("text/event-stream; charset=utf-8");
    expect(reply.text).toBe(
      [
        'event: text\ndata: {"index":1,"text":"x"}\n\n',
        'event: text\ndata: {"index":0,"text":"a\\nb"}\n\n',
        'event: done\ndata: {"text":"a\\nb","model":"gpt-41-copilot","source":"upstream",',
        '"choices":[{"index":0,"text":"a\\nb"},{"index":1,"text":"x"}]}\n\n',
      ].join(""),
    );
  });

  test("as events says a late failure in an event of its own", async () => {
    const { core, post } = await serve();
    core.answerWith(async (_ctx, _request, onPartial) => {
      await onPartial?.({ index: 0, text: "a" });
      throw new CopilotError("timeout", "The service stalled.");
    });
    const reply = await post("/", prompt, { Accept: "text/event-stream" });
    expect(reply.text).toContain(
      'event: error\ndata: {"error":{"code":"timeout","message":"The service stalled."}}\n\n',
    );
    expect(reply.text).not.toContain("event: done");
  });
});

describe("a failure", () => {
  const expected: Readonly<Partial<Record<ErrorCode, number>>> = {
    "signed-out": 401,
    "not-authorized": 403,
    "key-refused": 403,
    quota: 402,
    limited: 429,
    offline: 502,
    tls: 502,
    intercepted: 502,
    "upstream-failed": 502,
    "upstream-rejected": 502,
    "client-rejected": 502,
    timeout: 504,
    "bad-request": 400,
    "too-large": 413,
    closing: 503,
    internal: 500,
    superseded: 409,
  };

  test.each(errorCodes)("%s is never 200, and says what happened and what to do", async (code) => {
    const { core, post } = await serve();
    core.answerWith(() => Promise.reject(new CopilotError(code, "It went wrong.", { advice: "Do this." })));
    const { status, text, headers } = await post("/", prompt);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBe(expected[code] ?? status);
    expect(headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(text).toBe(`{"error":{"code":"${code}","message":"It went wrong.","advice":"Do this."}}\n`);
  });

  test("that names a time to wait says it in whole seconds", async () => {
    const { core, post } = await serve();
    core.answerWith(() => Promise.reject(new CopilotError("limited", "Too often.", { retryAfterMs: 1_200 })));
    expect((await post("/", prompt)).headers["retry-after"]).toBe("2");
  });

  test("that is a defect keeps its words for the log", async () => {
    const { core, post, log } = await serve();
    core.answerWith(() => Promise.reject(new TypeError("secret words")));
    const { status, text } = await post("/", prompt);
    expect(status).toBe(500);
    expect(text).not.toContain("secret words");
    expect(log.lines).toContainEqual(
      expect.objectContaining({ level: "error", fields: expect.objectContaining({ error: "secret words" }) }),
    );
  });

  test("never carries a token that came in a message", async () => {
    const { core, post } = await serve();
    core.answerWith(() => Promise.reject(new CopilotError("upstream-failed", "It said gho_abcdefghij1234567890.")));
    expect((await post("/", prompt)).text).toContain("It said [redacted]");
  });
});

describe("a client", () => {
  test("that leaves stops the work at once", async () => {
    const { core, connect, log } = await serve();
    const started = createGate();
    const reason = createGate<unknown>();
    core.answerWith(async (ctx) => {
      started.open();
      ctx.signal.addEventListener("abort", () => reason.open(ctx.signal.reason));
      return untilCancelled(ctx);
    });
    const client = connect();
    const body = JSON.stringify(prompt);
    client.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await started.opened;
    client.socket.destroy();
    expect(await reason.opened).toMatchObject({ code: "cancelled" });
    expect(log.lines.filter((line) => line.level === "error" || line.level === "warn")).toEqual([]);
  });

  test("that reads slowly holds the core back", async () => {
    const { core, connect } = await serve();
    let pieces = 0;
    const blocked = createGate();
    const finished = createGate();
    const piece = "x".repeat(262_144);
    core.answerWith(async (_ctx, _request, onPartial) => {
      for (; pieces < 100; pieces += 1) {
        const wait = onPartial?.({ index: 0, text: piece });
        if (wait) {
          // The kernel takes some megabytes before the first wait that lasts.
          const isQuick = await Promise.race([
            wait.then(() => true),
            new Promise<boolean>((resolve) =>
              setImmediate(() => setImmediate(() => setImmediate(() => resolve(false)))),
            ),
          ]);
          if (!isQuick) blocked.open();
          await wait;
        }
      }
      finished.open();
      return items(piece.repeat(100));
    });
    const client = connect();
    client.socket.pause();
    const body = JSON.stringify(prompt);
    client.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    await Promise.race([blocked.opened, finished.opened]);
    const held = pieces;
    expect(held).toBeLessThan(100);
    client.socket.resume();
    await finished.opened;
    expect(pieces).toBe(100);
    expect((await client.ended()).endsWith("\r\n0\r\n\r\n")).toBe(true);
  });

  test("that asks twice at once on one connection gets both answers in order", async () => {
    const { core, connect } = await serve();
    const first = createGate();
    core.answerWith(async (_ctx, request) => {
      if (request.before === "1") await first.opened;
      else first.open();
      return items(`answer ${request.before}`);
    });
    const client = connect();
    const ask = (text: string): string => {
      const body = JSON.stringify({ prompt: text });
      return `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    };
    client.write(ask("1") + ask("2"));
    await client.until("answer 2");
    expect(client.received()).toMatch(/answer 1[^]*answer 2/);
  });
});
