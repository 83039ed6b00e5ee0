// Signing in by device code, as RFC 8628 and GitHub's documentation say it.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { ask, clientId, deviceGrant } from "./support/ask.ts";

let clock: ManualClock;
let emulator: Emulator;

beforeEach(async () => {
  clock = createManualClock();
  emulator = await startEmulator({ clock });
});
afterEach(() => emulator.close());

const accept = { accept: "application/json" };

async function requestCode(): Promise<Record<string, unknown>> {
  const told = await ask(`${emulator.url}/login/device/code`, {
    method: "POST",
    headers: accept,
    body: { client_id: clientId, scope: "read:user" },
  });
  expect(told.status).toBe(200);
  return told.json();
}

async function poll(code: unknown, fields = {}): Promise<Record<string, unknown>> {
  const told = await ask(`${emulator.url}/login/oauth/access_token`, {
    method: "POST",
    headers: accept,
    body: { client_id: clientId, device_code: code, grant_type: deviceGrant, ...fields },
  });
  expect(told.status).toBe(200);
  return told.json();
}

/** Waits for the interval, then polls. */
async function pollInTime(code: unknown, waitSeconds = 5): Promise<Record<string, unknown>> {
  await clock.advance(waitSeconds * 1000);
  return poll(code);
}

describe("a device code", () => {
  test("comes with what the person needs to enter it", async () => {
    const code = await requestCode();
    expect(code).toMatchObject({ verification_uri: `${emulator.url}/login/device`, expires_in: 900, interval: 5 });
    expect(code["user_code"]).toMatch(/^[A-Z0-9]{4}-[A-Z0-9]{4}$/);
    expect(code["device_code"]).toMatch(/^[0-9a-f]{40}$/);
    const page = await ask(String(code["verification_uri"]));
    expect(page.headers["content-type"]).toContain("text/html");
  });

  test("is asked for and given as a form by a client that does not ask for JSON", async () => {
    const told = await ask(`${emulator.url}/login/device/code`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ client_id: clientId, scope: "read:user" }).toString(),
    });
    expect(told.headers["content-type"]).toContain("application/x-www-form-urlencoded");
    expect(new URLSearchParams(told.text).get("interval")).toBe("5");
    expect(emulator.callsTo("device-code")[0]?.body).toEqual({ client_id: clientId, scope: "read:user" });
  });

  test("is not given to an unknown app", async () => {
    const told = await ask(`${emulator.url}/login/device/code`, {
      method: "POST",
      headers: accept,
      body: { client_id: "nobody" },
    });
    expect(told.status).toBe(404);
  });
});

describe("polling", () => {
  test("is told to wait until the person has entered the code, then gets a token that works, once", async () => {
    const { device_code: code } = await requestCode();
    expect(await poll(code)).toMatchObject({ error: "authorization_pending" });
    emulator.approveSignIn();
    const reply = await pollInTime(code);
    expect(reply).toMatchObject({ token_type: "bearer", scope: "read:user" });
    expect(reply["access_token"]).toMatch(/^ghu_\w{36}$/);
    expect(emulator.tokens).toContain(reply["access_token"]);
    const user = await ask(`${emulator.url}/user`, {
      headers: { authorization: `Bearer ${String(reply["access_token"])}` },
    });
    expect(user.json()).toMatchObject({ login: "octocat" });
    expect(await pollInTime(code)).toMatchObject({ error: "incorrect_device_code" });
  });

  test("that is faster than the interval is told to slow down, and the interval grows", async () => {
    const { device_code: code } = await requestCode();
    await poll(code);
    emulator.approveSignIn();
    expect(await pollInTime(code, 4)).toMatchObject({ error: "slow_down", interval: 10 });
    expect(await pollInTime(code, 5)).toMatchObject({ error: "slow_down", interval: 15 });
    expect(await pollInTime(code, 15)).toHaveProperty("access_token");
  });

  test.each([true, false])("can be slowed down when told to; the interval is named: %s", async (namesInterval) => {
    const { device_code: code } = await requestCode();
    emulator.slowDownPolls(2, { namesInterval });
    const first = await poll(code);
    expect(first).toMatchObject({ error: "slow_down" });
    expect(first["interval"]).toBe(namesInterval ? 10 : undefined);
    expect((await pollInTime(code, 10))["interval"]).toBe(namesInterval ? 15 : undefined);
    expect(await pollInTime(code, 10)).toMatchObject({ error: "slow_down" });
    expect(await pollInTime(code, 20)).toMatchObject({ error: "authorization_pending" });
  });

  test("ends when the person says no", async () => {
    const { device_code: code } = await requestCode();
    emulator.denySignIn();
    expect(await poll(code)).toMatchObject({ error: "access_denied" });
  });

  test("ends when the code has run out, by time or by order", async () => {
    emulator.setDeviceFlow({ expiresInSeconds: 60, intervalSeconds: 1 });
    const { device_code: code, interval } = await requestCode();
    expect(interval).toBe(1);
    expect(await pollInTime(code, 59)).toMatchObject({ error: "authorization_pending" });
    expect(await pollInTime(code, 2)).toMatchObject({ error: "expired_token" });
    const { device_code: other } = await requestCode();
    emulator.expireDeviceCodes();
    expect(await poll(other)).toMatchObject({ error: "expired_token" });
  });

  test("with the wrong grant, code or app says which", async () => {
    const { device_code: code } = await requestCode();
    expect(await poll(code, { grant_type: "password" })).toMatchObject({ error: "unsupported_grant_type" });
    expect(await poll("0000")).toMatchObject({ error: "incorrect_device_code" });
    expect(await poll(code, { client_id: "Iv1.0000000000000000" })).toMatchObject({
      error: "incorrect_client_credentials",
    });
  });

  test("finds the code approved at the first try when the person is always quick", async () => {
    const quick = await startEmulator({ approval: "at-once" });
    const told = await ask(`${quick.url}/login/device/code`, {
      method: "POST",
      headers: accept,
      body: { client_id: clientId },
    });
    const reply = await ask(`${quick.url}/login/oauth/access_token`, {
      method: "POST",
      headers: accept,
      body: { client_id: clientId, device_code: told.json()["device_code"], grant_type: deviceGrant },
    });
    expect(reply.json()).toHaveProperty("access_token");
    await quick.close();
  });

  test("obeys a decision that was made before the code was asked for", async () => {
    emulator.approveSignIn();
    expect(await poll((await requestCode())["device_code"])).toHaveProperty("access_token");
    expect(await poll((await requestCode())["device_code"])).toMatchObject({ error: "authorization_pending" });
  });
});
