import { describe, expect, test } from "vitest";
import { createManualClock } from "../support/manual-clock.ts";
import { items, untilCancelled } from "../support/fake-core.ts";
import { createGate } from "./support/gate.ts";
import { serve } from "./support/serve.ts";

const health = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
const post = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 14\r\n\r\n{"prompt":"x"}';

describe("a connection without a whole head", () => {
  const limits = { headTimeoutMs: 100, timeoutCheckMs: 20 };

  test("is told so in time when it has begun one", async () => {
    const { connect } = await serve({ limits });
    const client = connect();
    client.write(health);
    await client.until('"status":"ok"');
    client.write("GET /health HTTP/1.1\r\nX: ");
    expect(await client.ended()).toMatch(/"status":"ok"[^]*HTTP\/1.1 408 /);
  });

  test("is closed without a word when it is idle", async () => {
    const { connect } = await serve({ limits });
    const [used, unused] = [connect(), connect()];
    used.write(health);
    await used.until('"status":"ok"');
    const before = used.received();
    await used.ended();
    expect(used.received()).toBe(before);
    expect(await unused.ended()).toBe("");
  });

  test("is not closed while its request is answered", async () => {
    const { connect, core } = await serve({ limits: { ...limits, requestTimeoutMs: 100 } });
    const asked = createGate();
    const answer = createGate();
    core.answerWith(async () => {
      asked.open();
      await answer.opened;
      return items("late");
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    // By the time that one which came later has been given up, this one would have been.
    const slow = connect();
    slow.write("GET /health HTTP/1.1\r\nX: ");
    expect(await slow.ended()).toMatch(/^HTTP\/1.1 408 /);
    answer.open();
    await client.until("late");
    client.write(health);
    await client.until('"status":"ok"');
  });
});

describe("too many", () => {
  test("idle connections make room for a new one, the oldest first", async () => {
    const { connect, ask } = await serve({ limits: { maxConnections: 4 } });
    const idle = [];
    for (let count = 0; count < 100; count += 1) {
      const client = connect();
      client.write(health);
      await client.until('"status":"ok"').catch(() => undefined);
      idle.push(client);
    }
    expect((await ask("GET", "/health")).status).toBe(200);
    await idle[0]?.ended();
  });

  test("idle connections lose the one that was idle longest, not the one that came first", async () => {
    const { connect } = await serve({ limits: { maxConnections: 2 } });
    const [first, second, third] = [connect(), connect(), connect];
    for (const client of [first, second, first]) {
      client.write(health);
      await client.until('"status":"ok"');
    }
    third();
    await second.ended();
    first.write("GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await first.until('"listener"');
  });

  test("connections that all wait for an answer leave the next one refused", async () => {
    const { connect, core } = await serve({ limits: { maxConnections: 2 } });
    const first = createGate();
    const second = createGate();
    core.answerWith(async (ctx) => {
      if (core.asked.length === 1) first.open();
      else second.open();
      return untilCancelled(ctx);
    });
    connect().write(post);
    await first.opened;
    connect().write(post);
    await second.opened;
    expect(await connect().ended()).toMatch(/^HTTP\/1.1 429 [^]*too many connections/);
  });

  test("requests at once are refused, and those under way answered", async () => {
    const { connect, core } = await serve({ limits: { maxRequests: 3 } });
    const asked = createGate();
    const answer = createGate();
    core.answerWith(async () => {
      if (core.asked.length === 3) asked.open();
      await answer.opened;
      return items("fine");
    });
    const client = connect();
    client.write(post.repeat(3));
    await asked.opened;
    const late = connect();
    late.write(post);
    await late.until('"code":"limited"');
    expect(late.received()).toMatch(/^HTTP\/1.1 429 [^]*Retry-After: 1/);
    answer.open();
    await client.until("fine");
  });

  test("requests are not those whose clients have left", async () => {
    const { connect, core, ask } = await serve({ limits: { maxRequests: 1 } });
    const asked = createGate();
    const left = createGate();
    core.answerWith(async (ctx) => {
      ctx.signal.addEventListener("abort", () => left.open());
      asked.open();
      return new Promise(() => undefined);
    });
    const client = connect();
    client.write(post);
    await asked.opened;
    client.socket.destroy();
    await left.opened;
    expect((await ask("GET", "/health")).status).toBe(200);
  });
});

test("a client that reads nothing for too long is cut off, and the work for it stopped", async () => {
  const clock = createManualClock();
  const { connect, core } = await serve({ clock, limits: { readerTimeoutMs: 10_000 } });
  const failures: unknown[] = [];
  core.answerWith(async (_ctx, _request, onPartial) => {
    try {
      for (let pieces = 0; pieces < 200; pieces += 1) await onPartial?.({ index: 0, text: "x".repeat(262_144) });
      failures.push("it was never held back");
    } catch (error) {
      failures.push(error);
      throw error;
    }
    return items("");
  });
  const client = connect();
  client.socket.pause();
  client.write(post);
  while (failures.length === 0) await clock.advance(1_000);
  expect(failures).toEqual([expect.objectContaining({ code: "timeout" })]);
  client.socket.resume();
  await expect(client.ended().then((text) => text.endsWith("0\r\n\r\n"))).resolves.toBe(false);
});
