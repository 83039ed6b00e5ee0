import { describe, expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { serve } from "./support/serve.ts";

const head = (headers: string): string => `POST / HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n\r\n`;

describe("a body over the limit", () => {
  test("is refused by its announced length, and its sender comes to read why", async () => {
    const { post, core } = await serve({ settings: { maxBodyBytes: 1_024 } });
    const reply = await post("/", { prompt: "x".repeat(10_000_000) });
    expect(reply).toMatchObject({ status: 413, headers: { connection: "close" } });
    expect(JSON.parse(reply.text).error).toMatchObject({ code: "too-large" });
    expect(core.asked).toEqual([]);
  });

  test("is refused by counting when it has no announced length", async () => {
    const { connect } = await serve({ settings: { maxBodyBytes: 1_024 } });
    const client = connect();
    client.write(head("Transfer-Encoding: chunked"));
    const chunk = `400\r\n${"x".repeat(1_024)}\r\n`;
    client.write(chunk);
    client.write(chunk);
    await client.until('"code":"too-large"');
    client.write("0\r\n\r\n");
    expect(await client.ended()).toMatch(/^HTTP\/1.1 413 /);
  });

  test("that never ends is taken off the wire only for a while", async () => {
    const { connect } = await serve({ settings: { maxBodyBytes: 1_024 }, limits: { lingerMaxBytes: 4_096 } });
    const client = connect();
    client.write(head("Content-Length: 1000000000"));
    await client.until('"code":"too-large"');
    for (let count = 0; count < 16; count += 1) client.write("x".repeat(1_024));
    await client.ended().catch(() => undefined);
  });

  test("of exactly the limit is taken", async () => {
    const { post } = await serve({ settings: { maxBodyBytes: 1_024 } });
    const body = JSON.stringify({ prompt: "" });
    expect((await post("/", { prompt: "x".repeat(1_024 - body.length) })).status).toBe(200);
    expect((await post("/", { prompt: "x".repeat(1_025 - body.length) })).status).toBe(413);
  });
});

describe("a client that expects 100 Continue", () => {
  test("is told to go on", async () => {
    const { connect } = await serve();
    const client = connect();
    client.write(head("Expect: 100-continue\r\nContent-Length: 14"));
    await client.until("HTTP/1.1 100 Continue\r\n\r\n");
    client.write('{"prompt":"x"}');
    await client.until("HTTP/1.1 200 OK");
  });

  test("is not told to send what would be refused", async () => {
    const { connect } = await serve({ settings: { maxBodyBytes: 1_024 } });
    const client = connect();
    client.write(head("Expect: 100-continue\r\nContent-Length: 2000"));
    await client.until('"code":"too-large"');
    expect(client.received()).toMatch(/^HTTP\/1.1 413 /);
  });
});

describe("a body that cannot be read", () => {
  test.each([
    ["", "The body is empty."],
    [Buffer.from([0x7b, 0xff, 0x7d]), "The body is not valid UTF-8."],
    ['{"prompt": "x",\n "n": }', "The body is not valid JSON: Unexpected token '}'."],
    ['{"prompt": "two\nlines"}', "Bad control character in string literal in JSON at position 15"],
    ["{'prompt': 1}", "Expected property name or '}' in JSON at position 1"],
    ['{"prompt": "x"', "Expected ',' or '}' after property value in JSON at position 14"],
    ['{"prompt": "x', "Unterminated string in JSON at position 13"],
    ['{"prompt" "x"}', "Expected ':' after property name in JSON at position 10"],
    ['{"prompt": "\\x"}', "Bad escaped character in JSON at position 13"],
    ['{"a": [1,,2]}', "The body is not valid JSON: Unexpected token ','."],
    ['{"a": [1 2]}', "Expected ',' or ']' after array element in JSON at position 9"],
    ["{} {}", "Unexpected non-whitespace character after JSON at position 3"],
    ["password=x", "The body is not valid JSON: Unexpected token 'p'."],
    ["[[", "Unexpected end of JSON input"],
  ])("such as %j is refused with the parser's words and none of its own", async (body, message) => {
    const { ask } = await serve();
    const reply = await ask("POST", "/", { body });
    expect(reply.status).toBe(400);
    expect(JSON.parse(reply.text).error.message).toContain(message);
  });

  test("because it is compressed is refused", async () => {
    const { post } = await serve();
    expect((await post("/", { prompt: "x" }, { "Content-Encoding": "gzip" })).status).toBe(415);
  });

  test("that says it is as it is, in whatever letters, is taken", async () => {
    const { post } = await serve();
    expect((await post("/", { prompt: "x" }, { "Content-Encoding": "Identity" })).status).toBe(200);
  });

  test("does not spoil the connection for the next request", async () => {
    const { connect } = await serve();
    const client = connect();
    client.write(`${head("Content-Length: 3")}{x}${head("Content-Length: 14")}{"prompt":"x"}`);
    await client.until("HTTP/1.1 200 OK");
    expect(client.received()).toMatch(/^HTTP\/1.1 400 /);
  });
});

describe("a body that is fine", () => {
  test("may start with a byte order mark", async () => {
    const { post, core } = await serve();
    await post("/", '\ufeff{"prompt":"x"}');
    expect(core.asked[0]).toMatchObject({ before: "x" });
  });

  test("may come in pieces that cut characters", async () => {
    const { connect, core } = await serve();
    const bytes = Buffer.from('{"prompt":"ä😀"}');
    const client = connect();
    client.write(head("Transfer-Encoding: chunked"));
    for (const byte of bytes) client.write(Buffer.concat([Buffer.from("1\r\n"), Buffer.of(byte), Buffer.from("\r\n")]));
    client.write("0\r\n\r\n");
    await client.until("HTTP/1.1 200 OK");
    expect(core.asked[0]).toMatchObject({ before: "ä😀" });
  });

  test("of a GET is thrown away", async () => {
    const { connect } = await serve();
    const client = connect();
    client.write("GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");
    await client.until('"status":"ok"');
  });
});

test("a body that does not arrive in time is given up", async () => {
  const limits = { requestTimeoutMs: 100, timeoutCheckMs: 20, lingerMs: 20 };
  const { connect } = await serve({ limits });
  const client = connect();
  client.write(head("Content-Length: 100"));
  client.write("{");
  await client.until('"code":"request-timeout"');
  expect(await client.ended()).toMatch(/^HTTP\/1.1 408 /);
});

test.each(["/", "/v1/completions", "/api/generate", "/infill"])(
  "a failure that %s tells of holds nothing that acts on a terminal or turns its words around",
  async (path) => {
    const { post, core } = await serve();
    const words = "no\u001b[2J\u009b2J\u202e\u2066 model";
    core.answerWith(async () => Promise.reject(new CopilotError("bad-request", words, { advice: words })));
    const { text } = await post(path, { prompt: "x", input_prefix: "x" });
    expect(text).toContain("no[2J2J model");
    expect(text).not.toMatch(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  },
);
