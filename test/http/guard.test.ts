import { describe, expect, test } from "vitest";
import { createGate } from "./support/gate.ts";
import { serve } from "./support/serve.ts";

const body = '{"prompt":"x"}';

describe("Host", () => {
  test.each(["127.0.0.1", "127.0.0.1:8080", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8080"])(
    "%s is let in",
    async (host) => {
      const { ask } = await serve();
      expect((await ask("POST", "/", { body, headers: { Host: host } })).status).toBe(200);
    },
  );

  test.each([
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8080",
    "evil.example#@localhost",
    "user@localhost",
    "127.0.0.2",
    "localhost:80:80",
    "[::1",
    "0.0.0.0",
  ])("%j is refused before any route sees it", async (host) => {
    const { ask, core } = await serve();
    const reply = await ask("POST", "/nowhere", { body, headers: { Host: host } });
    expect(reply.status).toBe(403);
    expect(JSON.parse(reply.text).error.code).toBe("forbidden");
    expect(core.asked).toEqual([]);
  });

  test("is let in by setting, with any port or with the one named", async () => {
    const { ask } = await serve({ settings: { allowedHosts: ["Dev.Box", "other:99"] } });
    const statusFor = async (host: string): Promise<number> =>
      (await ask("POST", "/", { body, headers: { Host: host } })).status;
    expect(await statusFor("dev.box:8080")).toBe(200);
    expect(await statusFor("other:99")).toBe(200);
    expect(await statusFor("other:98")).toBe(403);
  });

  test("is needed once, but not over HTTP/1.0", async () => {
    const { connect } = await serve();
    const answerTo = (head: string): Promise<string> => {
      const client = connect();
      client.write(`${head}\r\nConnection: close\r\n\r\n`);
      return client.ended();
    };
    expect(await answerTo("GET /health HTTP/1.1")).toMatch(/^HTTP\/1.1 400 /);
    expect(await answerTo("GET /health HTTP/1.1\r\nHost:")).toMatch(/^HTTP\/1.1 403 /);
    expect(await answerTo("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost")).toMatch(/^HTTP\/1.1 400 /);
    expect(await answerTo("GET /health HTTP/1.0")).toMatch(/^HTTP\/1.1 200 /);
  });

  test("does not excuse a foreign name in the request target", async () => {
    const { ask } = await serve();
    expect((await ask("GET", "http://localhost/health")).status).toBe(200);
    expect((await ask("GET", "http://evil.example/health")).status).toBe(403);
    expect((await ask("GET", "ftp://localhost/health")).status).toBe(400);
  });
});

describe("a web page", () => {
  test.each<Readonly<Record<string, string>>>([
    { Origin: "https://evil.example" },
    { Origin: "http://localhost:8080" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ])("that says %j is refused and can read nothing", async (headers) => {
    const { ask, core } = await serve();
    const reply = await ask("POST", "/", { body, headers });
    expect(reply.status).toBe(403);
    expect(Object.keys(reply.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
    expect(core.asked).toEqual([]);
  });

  test("is not let in as null by setting", async () => {
    const { ask } = await serve({ settings: { allowedOrigins: ["null"] } });
    expect((await ask("POST", "/", { body, headers: { Origin: "null" } })).status).toBe(403);
  });

  test("of an allowed origin may ask, preflight and read", async () => {
    const { ask } = await serve({ settings: { allowedOrigins: ["https://ide.example"] } });
    const headers = { Origin: "https://ide.example", "Sec-Fetch-Site": "cross-site" };
    const reply = await ask("POST", "/", { body, headers });
    expect(reply).toMatchObject({
      status: 200,
      headers: { "access-control-allow-origin": "https://ide.example", vary: "Origin" },
    });
    const preflight = await ask("OPTIONS", "/", { headers: { ...headers, "Access-Control-Request-Method": "POST" } });
    expect(preflight).toMatchObject({ status: 204, headers: { "access-control-allow-methods": "POST" } });
  });

  test("gets no preflight answered otherwise", async () => {
    const { ask } = await serve();
    expect((await ask("OPTIONS", "/", { headers: { Origin: "https://evil.example" } })).status).toBe(403);
    expect((await ask("OPTIONS", "/")).status).toBe(405);
    expect((await ask("OPTIONS", "*")).status).toBe(404);
  });

  test("named only as referrer, or asked for by hand, is no reason to refuse", async () => {
    const { ask } = await serve();
    expect((await ask("POST", "/", { body, headers: { Referer: "https://evil.example/" } })).status).toBe(200);
    expect((await ask("GET", "/health", { headers: { "Sec-Fetch-Site": "none" } })).status).toBe(200);
  });
});

describe("what is not HTTP", () => {
  test("is told so", async () => {
    const { connect } = await serve();
    for (const bytes of ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n"]) {
      const client = connect();
      client.write(bytes);
      expect(await client.ended()).toMatch(/^HTTP\/1.1 400 [^]*"code":"bad-request"/);
    }
  });

  test("is told so after the answers that came before it", async () => {
    const { connect, core } = await serve();
    const held = createGate();
    const asked = createGate();
    core.answerWith(async () => {
      asked.open();
      await held.opened;
      return { kind: "empty", reason: "upstream-empty" };
    });
    const client = connect();
    client.write(`POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await asked.opened;
    client.write("garbage\r\n\r\n".repeat(10_000));
    held.open();
    expect(await client.ended()).toMatch(/^HTTP\/1.1 200 [^]*X-Copilot-Reason: upstream-empty[^]*HTTP\/1.1 400 /);
  });

  test("is refused when its head is too large, and when its URL is", async () => {
    const { connect, ask } = await serve();
    const client = connect();
    client.write(`GET /health HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(40_000)}\r\n\r\n`);
    expect(await client.ended()).toMatch(/^HTTP\/1.1 431 /);
    expect((await ask("GET", `/${"x".repeat(3_000)}`)).status).toBe(414);
  });

  test("is not taken for a proxy's client", async () => {
    const { connect, ask } = await serve();
    const client = connect();
    client.write("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n");
    expect(await client.ended()).toMatch(/^HTTP\/1.1 405 /);
    expect((await ask("GET", "/health")).status).toBe(200);
  });
});
