import { describe, expect, test } from "vitest";
import type { ListenerState } from "../../shared/http.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createServer, onCleanUp, serve } from "./support/serve.ts";

describe("a busy port", () => {
  test("is one warning and a state, and is taken over when it is free", async () => {
    const holder = await serve();
    const clock = createManualClock();
    const waiter = createServer({ clock, settings: { port: holder.port } });
    onCleanUp(() => waiter.server.close());
    const states: ListenerState[] = [];
    waiter.server.onState((state) => states.push(state));

    const { port } = holder;
    const state = await waiter.server.start();
    expect(state).toMatchObject({ kind: "busy", port, sinceMs: clock.nowMs() });
    await clock.advance(60_000);
    await clock.advance(60_000);
    expect(waiter.log.lines.filter((line) => line.level === "warn")).toHaveLength(1);

    await holder.server.close();
    while (waiter.server.state().kind !== "listening") await clock.advance(60_000);
    expect(states.map(({ kind }) => kind)).toEqual(["busy", "listening"]);
    expect((await waiter.ask("GET", "/health")).status).toBe(200);
  });

  test("is tried again ever more slowly, never quite in step with other processes", async () => {
    const holder = await serve();
    const clock = createManualClock();
    const waitsMs: number[] = [];
    const waiter = createServer({
      clock: {
        ...clock,
        after(delayMs, callback) {
          waitsMs.push(delayMs);
          return clock.after(delayMs, callback);
        },
      },
      settings: { port: holder.port },
      limits: { busyRetryMs: 1_000, maxBusyRetryMs: 3_000 },
    });
    onCleanUp(() => waiter.server.close());
    await waiter.server.start();
    while (waitsMs.length < 5) await clock.advance(5_000);
    const [first = 0] = waitsMs;
    expect(first).toBeGreaterThanOrEqual(800);
    expect(first).toBeLessThanOrEqual(1_200);
    expect(waitsMs.slice(0, 5).map((waitMs) => Math.round((waitMs / first) * 100))).toEqual([100, 150, 225, 300, 300]);
  });

  test("is let go of by close", async () => {
    const holder = await serve();
    const clock = createManualClock();
    const waiter = createServer({ clock, settings: { port: holder.port } });
    await waiter.server.start();
    await waiter.server.close();
    expect(waiter.server.state()).toEqual({ kind: "off" });
    expect(clock.pendingTimers()).toBe(0);
  });
});

test("an address that cannot be had is a state and a warning, not a crash", async () => {
  const { server, log } = createServer({ settings: { address: "192.0.2.1" } });
  expect(await server.start()).toMatchObject({ kind: "failed", message: expect.stringContaining("192.0.2.1") });
  expect(log.lines.filter((line) => line.level === "warn")).toHaveLength(1);
  await server.close();
});
