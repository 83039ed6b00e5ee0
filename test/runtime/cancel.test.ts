import { getEventListeners } from "node:events";
import { expect, test } from "vitest";
import { linkAbort, sleep, untilAborted } from "../../server/runtime/cancel.ts";
import { createManualClock } from "../support/manual-clock.ts";

const listenersOf = (signal: AbortSignal): number => getEventListeners(signal, "abort").length;

test("a linked abort follows its parents with their reason", () => {
  const first = new AbortController();
  const second = new AbortController();
  const linked = linkAbort(first.signal, second.signal);
  second.abort("gone");
  expect(linked.signal.reason).toBe("gone");
  expect([listenersOf(first.signal), listenersOf(second.signal)]).toEqual([0, 0]);
});

test("a linked abort of an aborted parent is aborted from the start", () => {
  const first = new AbortController();
  const linked = linkAbort(first.signal, AbortSignal.abort("early"));
  expect(linked.signal.reason).toBe("early");
  expect(listenersOf(first.signal)).toBe(0);
});

test("a linked abort that ends by itself leaves nothing on its parents once unlinked", () => {
  const parent = new AbortController();
  for (let round = 0; round < 1_000; round += 1) linkAbort(parent.signal).unlink();
  expect(listenersOf(parent.signal)).toBe(0);
});

test("a waiter that is cancelled leaves at once and the work goes on", async () => {
  const leaver = new AbortController();
  let finish: (text: string) => void = () => undefined;
  const work = new Promise<string>((resolve) => {
    finish = resolve;
  });
  const waiting = untilAborted(leaver.signal, work);
  leaver.abort(new Error("left"));
  await expect(waiting).rejects.toThrow("left");
  finish("done");
  await expect(work).resolves.toBe("done");
  expect(listenersOf(leaver.signal)).toBe(0);
});

test("a sleep that is cancelled leaves no timer", async () => {
  const clock = createManualClock();
  const controller = new AbortController();
  const sleeping = sleep(controller, clock, 5_000);
  controller.abort(new Error("woken"));
  await expect(sleeping).rejects.toThrow("woken");
  expect(clock.pendingTimers()).toBe(0);
});

test("a sleep ends after its time and leaves no listener", async () => {
  const clock = createManualClock();
  const controller = new AbortController();
  const sleeping = sleep(controller, clock, 5_000);
  await clock.advance(5_000);
  await sleeping;
  expect(listenersOf(controller.signal)).toBe(0);
});

test("a signal may have any number of waiters without a warning of Node's", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  const link = linkAbort();
  const { signal } = link;
  const waits = Array.from({ length: 30 }, () => [
    sleep({ signal }, createManualClock(), 1_000),
    untilAborted(signal, new Promise(() => undefined)),
  ]).flat();
  const links = Array.from({ length: 30 }, () => linkAbort(signal));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", note);
  link.abort(new Error("over"));
  expect((await Promise.allSettled(waits)).every(({ status }) => status === "rejected")).toBe(true);
  expect(links.every((link) => link.signal.aborted)).toBe(true);
  expect(warnings).toEqual([]);
});

test("an abort is heard once by each who still listens, in order, and by nobody who was taken off meanwhile", () => {
  const link = linkAbort();
  const { signal } = link;
  const heard: string[] = [];
  const last = (): void => void heard.push("last");
  signal.addEventListener("abort", () => {
    heard.push("first");
    signal.removeEventListener("abort", last);
  });
  signal.addEventListener("abort", last);
  const twice = (): void => void heard.push("twice");
  signal.addEventListener("abort", twice);
  signal.addEventListener("abort", twice);
  link.abort("one");
  link.abort("two");
  signal.addEventListener("abort", () => heard.push("late"));
  expect(heard).toEqual(["first", "twice"]);
  expect(() => signal.throwIfAborted()).toThrow("one");
});
