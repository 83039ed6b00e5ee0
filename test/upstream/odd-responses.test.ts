import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { completionPieces } from "../../server/upstream/copilot/completion-stream.ts";
import type { HttpResponse } from "../../server/upstream/http/http-response.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { bodyOf, callWith, collect, createHarness, later, rejection, sessionAt, textOf, until } from "./harness.ts";

/** A server of the test's own, for what no service should send. */
async function serve(answer: (response: ServerResponse) => void): Promise<{ url: string; left: Promise<unknown> }> {
  let leave: (value?: unknown) => void;
  const left = new Promise((resolve) => {
    leave = resolve;
  });
  const server = createServer((request, response) => {
    request.resume();
    response.on("close", () => leave());
    response.on("error", () => undefined);
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  later(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, left };
}

const fromGitHub = { "x-github-request-id": "1" };
const eventStream = { ...fromGitHub, "content-type": "text/event-stream" };
const event = (text: string, index = 0): string =>
  `data: ${JSON.stringify({ choices: [{ index, text, finish_reason: null }] })}`;

function completeAt(url: string, n = 1): Promise<string> {
  const { upstream } = createHarness();
  const call = callWith(sessionAt(url), { body: bodyOf({ n }) });
  return upstream.copilot.openCompletions(createTestCtx(), call).then(({ pieces }) => textOf(pieces));
}

describe("an event stream", () => {
  test.each([
    ["begins with a byte order mark", `\uFEFF${event("a")}\n\n${event("b")}\n\ndata: [DONE]\n\n`],
    ["parts its events by single line breaks", `${event("a")}\n${event("b")}\ndata: [DONE]\n`],
    ["parts its events by CRLF", `${event("a")}\r\n${event("b")}\r\n`],
    ["begins with empty lines", `\r\n\n${event("a")}\n\n${event("b")}\n\n`],
    ["ends without a line break", `${event("a")}\n\n${event("b")}`],
  ])("that %s is an answer, however it is cut", async (_name, text) => {
    for (const size of [1, 2, 1000]) {
      const { url } = await serve((response) => {
        response.writeHead(200, eventStream);
        const bytes = Buffer.from(text);
        const write = (at: number): void => {
          if (at >= bytes.length) response.end();
          else response.write(bytes.subarray(at, at + size), () => write(at + size));
        };
        write(0);
      });
      expect(await completeAt(url)).toBe("ab");
    }
  });

  test.each([
    ["events", `${event("x".repeat(100))}\n\n`],
    ["events without text", 'data: {"choices":[]}\n\n'],
    ["comments", `: ${"x".repeat(1000)}\n\n`],
    ["one line", "x".repeat(1000)],
    ["line breaks", "\n".repeat(1000)],
    ["white space", " ".repeat(1000)],
    ["pieces of other alternatives", `${event("x", 7)}\n\n`],
  ])("of %s without an end is left", async (_name, more) => {
    const { url, left } = await serve((response) => {
      response.writeHead(200, eventStream);
      const write = (): void => {
        while (!response.destroyed && response.write(more));
        if (!response.destroyed) response.once("drain", write);
      };
      write();
    });
    const { upstream } = createHarness();
    const { pieces } = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    const all = await collect(pieces).catch((error: unknown) => error);
    if (all instanceof CopilotError) expect(all.code).toBe("upstream-failed");
    else expect(all).toEqual(expect.arrayContaining([expect.objectContaining({ finishReason: "length" })]));
    await left;
  });

  test("that trickles for ever is a timeout", async () => {
    let response: ServerResponse | undefined;
    const { url, left } = await serve((opened) => {
      response = opened;
      opened.writeHead(200, eventStream);
      opened.write(": 0\n");
    });
    const { upstream, clock } = createHarness({ stallTimeoutMs: 10_000 });
    const { pieces } = await upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url)));
    const failures: unknown[] = [];
    void rejection(collect(pieces)).then((error) => failures.push(error));
    for (let round = 0; round < 30 && failures.length === 0; round += 1) {
      const timers = clock.pendingTimers();
      response?.write(`: ${round}\n`);
      await until(() => clock.pendingTimers() >= timers);
      await clock.advance(9_000);
    }
    await until(() => failures.length > 0);
    expect(failures[0]).toMatchObject({ code: "timeout" });
    await left;
  });
});

test("JSON that comes byte by byte takes linear time", async () => {
  let body = "";
  const response: HttpResponse = {
    host: "copilot.test",
    status: 200,
    headers: {},
    async *chunks() {
      yield Buffer.from("{");
      for (let byte = 0; byte < 400_000; byte += 1) yield Buffer.from("a");
    },
    destroy: () => undefined,
    drain: () => undefined,
  };
  const refusal = (text: string): CopilotError => {
    body = text;
    return new CopilotError("upstream-failed", "no event stream");
  };
  const { log } = createTestCtx();
  const startedMs = performance.now();
  const pieces = completionPieces(response, { choices: 1, maxTokens: 500, secrets: [], log, id: "1", refusal });
  expect(await rejection(textOf(pieces))).toMatchObject({ message: "no event stream" });
  // Copying what came before at each byte takes tens of seconds.
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(body).toBe(`{${"a".repeat(400_000)}`);
}, 90_000);

describe("a body that is no event stream", () => {
  test.each([
    ["application/json", fromGitHub],
    ["text/event-stream", fromGitHub],
    ["text/plain", fromGitHub],
  ])("says the words of its JSON error, sent with 200 as %s", async (type, headers) => {
    const { url } = await serve((response) => {
      response
        .writeHead(200, { ...headers, "content-type": type })
        .end('\n{"error":{"message":"The model is overloaded."}}');
    });
    expect(await rejection(completeAt(url))).toMatchObject({
      code: "upstream-failed",
      message: expect.stringContaining("The model is overloaded."),
    });
  });

  test.each(["text/html", "text/plain", "text/event-stream"])(
    "is a page of something in between, also as %s",
    async (type) => {
      const { url } = await serve((response) => {
        response.writeHead(200, { "content-type": type }).end("\n<html><body>Sign in</body></html>");
      });
      expect(await rejection(completeAt(url))).toMatchObject({ code: "intercepted" });
      const { upstream } = createHarness({ githubUri: url });
      const login = upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001"));
      expect(await rejection(login)).toMatchObject({ code: "intercepted" });
    },
  );

  test("is a failure when it is empty", async () => {
    const { url } = await serve((response) => response.writeHead(200, eventStream).end());
    expect(await rejection(completeAt(url))).toMatchObject({ code: "upstream-failed" });
  });
});

describe("a model's name", () => {
  test.each([".", "..", "", "\ud800"])(
    "that leads to another path is refused before anything is sent: %j",
    async (model) => {
      let asked = 0;
      const { url } = await serve((response) => {
        asked += 1;
        response.end();
      });
      const { upstream } = createHarness();
      const asking = upstream.copilot.openCompletions(createTestCtx(), callWith(sessionAt(url), { model }));
      expect(await rejection(asking)).toMatchObject({ code: "bad-request" });
      expect(asked).toBe(0);
    },
  );
});

describe("words of the service", () => {
  // Escape, C1 introducer, right-to-left override, isolate, mark, line separator.
  const hostile = "\u001b[31m\u009b2J\u202e\u2066\u200f\u2028\u0000";
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

  test("hold nothing that acts on a terminal: errors and addresses", async () => {
    const body = JSON.stringify({
      error_details: { message: `No${hostile} way.`, url: `https://github.com/${hostile}settings` },
    });
    const { url } = await serve((response) => response.writeHead(403, fromGitHub).end(body));
    const error = await rejection(completeAt(url));
    expect(error).toMatchObject({ code: "not-authorized", url: expect.stringContaining("settings") });
    const { message, advice, url: page } = error as CopilotError;
    for (const text of [message, advice, page]) expect(text).not.toMatch(unsafe);
  });

  test("hold nothing that acts on a terminal: names, codes and plans", async () => {
    const body = JSON.stringify({
      login: `octo${hostile}cat`,
      copilot_plan: `${hostile}free`,
      quota_reset_date: `2026${hostile}`,
      quota_snapshots: { [`chat${hostile}`]: { percent_remaining: 3 } },
      device_code: "d",
      user_code: `AB${hostile}CD`,
      verification_uri: `https://github.com/${hostile}login/device`,
      data: [{ id: `gpt${hostile}`, name: `GPT${hostile}`, vendor: hostile, capabilities: { type: "completion" } }],
    });
    const { url } = await serve((response) => response.writeHead(200, fromGitHub).end(body));
    const { upstream } = createHarness({ githubUri: url });
    const ctx = createTestCtx();
    const token = new Secret("ghu_0001");
    const all = [
      await upstream.github.fetchLogin(ctx, token),
      await upstream.github.fetchCopilotUser(ctx, token),
      await upstream.github.requestDeviceCode(ctx),
      await upstream.copilot.fetchModels(ctx, sessionAt(url)),
    ];
    for (const text of JSON.stringify(all).match(/"(?:[^"\\]|\\.)*"/g) ?? []) {
      expect(String(JSON.parse(text))).not.toMatch(unsafe);
    }
    expect(all[0]).toContain("octo");
  });
});
