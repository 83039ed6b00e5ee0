import { describe, expect, test } from "vitest";
import type { HttpServer } from "../../server/http/server.ts";
import { items, untilCancelled } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { serve } from "./support/serve.ts";

const post = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}';

/** It listens no more. */
async function isOff(server: HttpServer): Promise<void> {
  while (server.state().kind !== "off") await new Promise((resolve) => setImmediate(resolve));
}

describe("close", () => {
  test("lets a request that is under way end, and then its connection", async () => {
    const { connect, core, server } = await serve({ limits: { drainMs: 10_000 } });
    const asked = createGate();
    const answer = createGate();
    core.answerWith(async () => {
      asked.open();
      await answer.opened;
      return items("done");
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    const closed = server.close();
    answer.open();
    expect(await client.ended()).toContain("done");
    await closed;
  });

  test("refuses what comes behind a request that is under way", async () => {
    const { connect, core, server, log } = await serve({ limits: { drainMs: 10_000 } });
    const asked = createGate();
    const answer = createGate();
    core.answerWith(async () => {
      asked.open();
      await answer.opened;
      return items("done");
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    const closed = server.close();
    await isOff(server);
    client.write(post);
    const isSecondDone = (): boolean =>
      core.asked.length === 2 || log.lines.some(({ fields }) => fields?.["id"] === "id-2");
    while (!isSecondDone()) await new Promise((resolve) => setImmediate(resolve));
    answer.open();
    expect(await client.ended()).toContain("HTTP/1.1 503");
    await closed;
    expect(core.asked).toHaveLength(1);
  });

  test("answers a client that has connected and not asked yet, also where nobody has taken its connection", async () => {
    const { connect, server, ask } = await serve({ limits: { drainMs: 10_000 } });
    const known = connect();
    await new Promise((resolve) => known.socket.once("connect", resolve));
    // Connections are taken in order.
    await ask("GET", "/health");
    const unknown = connect();
    const closed = server.close();
    await isOff(server);
    for (const client of [known, unknown]) client.write(post);
    for (const client of [known, unknown]) expect(await client.ended()).toMatch(/^HTTP\/1.1 503 [^]*"code":"closing"/);
    await closed;
  });

  test("answers what has arrived before it", async () => {
    const { connect, core, server } = await serve({ limits: { drainMs: 10_000 } });
    core.answerWith(async () => items("done"));
    const client = connect();
    client.write(post);
    await new Promise((resolve) => client.socket.once("connect", resolve));
    const closed = server.close();
    expect(await client.ended()).toContain("done");
    await closed;
  });

  test("does not wait for a client that has connected and asks nothing", async () => {
    const { connect, server } = await serve({ limits: { drainMs: 60_000 } });
    const client = connect();
    await new Promise((resolve) => client.socket.once("connect", resolve));
    await server.close();
    await client.ended();
  });

  test("ends what takes too long, and says so", async () => {
    const { connect, core, server } = await serve({ limits: { drainMs: 1, abortGraceMs: 10_000 } });
    const asked = createGate();
    core.answerWith(async (ctx) => {
      asked.open();
      return untilCancelled(ctx);
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    const closed = server.close();
    expect(await client.ended()).toMatch(/^HTTP\/1.1 503 [^]*"code":"closing"/);
    await closed;
  });

  test("cuts what does not even end then", async () => {
    const { connect, core, server } = await serve({ limits: { drainMs: 1, abortGraceMs: 1 } });
    const asked = createGate();
    core.answerWith(() => {
      asked.open();
      return new Promise(() => undefined);
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    await server.close();
    await client.ended().catch(() => undefined);
  });

  test("closes idle connections at once, takes no new ones, and may be called twice", async () => {
    const { connect, server, ask } = await serve();
    const client = connect();
    client.write("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await client.until('"status":"ok"');
    await Promise.all([server.close(), server.close()]);
    await client.ended();
    expect(server.state()).toEqual({ kind: "off" });
    await expect(async () => ask("GET", "/health")).rejects.toThrow();
  });

  test("may come before start", async () => {
    const { server } = await serve();
    await server.close();
    await server.close();
  });
});
