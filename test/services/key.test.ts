// The key of a service: it is read a moment behind a request for the next ones, and anew where it is not accepted.

import { afterEach, beforeEach, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { type Opened, openOne } from "./support/open.ts";
import { events, json, type StandIn, startStandIn } from "./support/stand-in.ts";

let model: StandIn;
let service: Opened;
let clock: ManualClock;
let accepted = "first";
let stored: () => Promise<Secret | undefined>;

beforeEach(async () => {
  clock = createManualClock();
  accepted = "first";
  stored = async () => new Secret("first");
  model = await startStandIn({
    "/role": json({}, 404),
    "/v1/models": json({ data: [{ id: "starcoder2" }] }),
    "/v1/completions": (response, asked) =>
      (asked.headers.authorization === `Bearer ${accepted}`
        ? events({ choices: [{ index: 0, text: "a + b", finish_reason: "stop" }] })
        : json({ error: "no" }, 401))(response, asked),
  });
  service = openOne({ kind: "openai", url: `${model.url}/v1`, key: () => stored(), clock });
});

afterEach(async () => {
  await service.close();
  await model.close();
});

const keysSent = (): readonly unknown[] => model.to("/v1/completions").map(({ headers }) => headers.authorization);

test("a store that does not answer holds no request up whose key was read before", async () => {
  expect(await service.text()).toBe("a + b");
  stored = () => new Promise(() => undefined);
  expect(await service.text()).toBe("a + b");
  await clock.advance(1_000);
  expect(await service.text()).toBe("a + b");
});

test("a key that was replaced meanwhile is read anew where the old one is refused, and the request is made again", async () => {
  await service.text();
  accepted = "second";
  stored = async () => new Secret("second");
  expect(await service.text()).toBe("a + b");
  expect(keysSent()).toEqual(["Bearer first", "Bearer first", "Bearer second"]);
});

test("a key that is refused and still the same is not sent twice", async () => {
  await service.text();
  accepted = "second";
  await expect(service.text()).rejects.toMatchObject({ code: "key-refused" });
  expect(keysSent()).toEqual(["Bearer first", "Bearer first"]);
});

test("a key that was forgotten is not sent any more a second after the next request", async () => {
  await service.text();
  stored = async () => undefined;
  await service.text();
  await clock.advance(1_000);
  await expect(service.text()).rejects.toMatchObject({ message: expect.stringContaining("wants a key") });
});

test("a store that fails is said to fail, and is read again by the next request", async () => {
  await service.text();
  stored = () => Promise.reject(new Error("locked"));
  await service.text();
  await clock.advance(1_000);
  await expect(service.text()).rejects.toThrow("locked");
  stored = async () => new Secret("first");
  expect(await service.text()).toBe("a + b");
});
