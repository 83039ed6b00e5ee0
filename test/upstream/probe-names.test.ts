import { expect, test } from "vitest";
import { addressesOf, type LookUp } from "../../server/upstream/probes/names.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { rejection } from "./harness.ts";

const never: LookUp = () => new Promise(() => undefined);

test("each address of a name is told once, in the resolver's order", async () => {
  const lookUp: LookUp = async () => ["192.0.2.2", "2001:db8::1", "192.0.2.2"];
  const found = await addressesOf({ clock: createManualClock(), lookUp }, createTestCtx(), "copilot.test", 900);
  expect(found).toEqual(["192.0.2.2", "2001:db8::1"]);
});

test("a name that nobody knows is offline, and the error says which", async () => {
  const clock = createManualClock();
  const lookUp: LookUp = () => Promise.reject(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }));
  expect(await rejection(addressesOf({ clock, lookUp }, createTestCtx(), "copilot.test", 900))).toMatchObject({
    code: "offline",
    message: "copilot.test could not be reached: its name was not found.",
  });
  expect(clock.pendingTimers()).toBe(0);
});

test("a resolver that does not answer is a timeout", async () => {
  const clock = createManualClock();
  const looking = rejection(addressesOf({ clock, lookUp: never }, createTestCtx(), "copilot.test", 900));
  await clock.advance(900);
  expect(await looking).toMatchObject({ code: "timeout", message: expect.stringContaining("copilot.test") });
});

test("who is cancelled does not wait for the resolver", async () => {
  const clock = createManualClock();
  const ctx = createTestCtx();
  const looking = rejection(addressesOf({ clock, lookUp: never }, ctx, "copilot.test", 900));
  const reason = { why: "gone" };
  ctx.cancel(reason);
  expect(await looking).toBe(reason);
  expect(clock.pendingTimers()).toBe(0);
});
