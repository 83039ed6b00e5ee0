// GitHub tokens, session tokens and what they open.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator } from "../../server/emulator/types.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { ask, complete, newSession, sessionHeaders, type Told } from "./support/ask.ts";

let clock: ManualClock;
let emulator: Emulator;

beforeEach(async () => {
  clock = createManualClock();
  emulator = await startEmulator({ clock });
});
afterEach(() => emulator.close());

const exchange = (authorization: string, base = ""): Promise<Told> =>
  ask(`${emulator.url}${base}/copilot_internal/v2/token`, { headers: { authorization } });

describe("the token exchange", () => {
  test.each(["Bearer", "token", "bearer"])("takes the scheme %s", async (scheme) => {
    const told = await exchange(`${scheme} ${emulator.githubToken}`);
    const { url } = emulator;
    expect(told.status).toBe(200);
    expect(told.json()).toMatchObject({
      expires_at: clock.nowMs() / 1000 + 1800,
      refresh_in: 1500,
      endpoints: { api: url, proxy: url, telemetry: url, "origin-tracker": url },
      limited_user_quotas: null,
    });
    expect(told.json()["token"]).toMatch(/^tid=[0-9a-f]{32};exp=\d+;sku=yearly_subscriber_quota;.*:[0-9a-f]{64}$/);
    expect(emulator.tokens).toContain(told.json()["token"]);
  });

  test("is also where an own server has it", async () => {
    expect((await exchange(`token ${emulator.githubToken}`, "/api/v3")).status).toBe(200);
    expect(emulator.callsTo("session-token")[0]?.path).toBe("/api/v3/copilot_internal/v2/token");
  });

  test("refuses a token that it does not know, one that was revoked, and none", async () => {
    for (const authorization of ["token ghu_unknown", "", emulator.githubToken])
      expect((await exchange(authorization)).status).toBe(401);
    emulator.revokeGitHubTokens();
    const told = await exchange(`token ${emulator.githubToken}`);
    expect(told.status).toBe(401);
    expect(told.json()).toMatchObject({ message: "Bad credentials" });
  });

  test("hands out what it was told to", async () => {
    emulator.setSession({
      refreshInSeconds: 60,
      lifetimeSeconds: 90,
      clockSkewSeconds: -3600,
      sku: "free_limited_copilot",
      endpoints: { api: "http://127.0.0.1:1" },
      completionsRemaining: 7,
    });
    const told = await exchange(`token ${emulator.githubToken}`);
    expect(told.json()).toMatchObject({
      expires_at: clock.nowMs() / 1000 + 90 - 3600,
      refresh_in: 60,
      sku: "free_limited_copilot",
      endpoints: { api: "http://127.0.0.1:1" },
      limited_user_quotas: { completions: 7 },
    });
    expect(told.json()["endpoints"]).toEqual({ api: "http://127.0.0.1:1" });
    expect(Date.parse(String(told.headers["date"]))).toBe(clock.nowMs() - 3_600_000);
    emulator.setSession({ endpoints: undefined });
    expect((await exchange(`token ${emulator.githubToken}`)).json()).not.toHaveProperty("endpoints");
  });
});

describe("a session token", () => {
  test("works until its time is up, whatever the service's clock shows", async () => {
    emulator.setSession({ lifetimeSeconds: 60, clockSkewSeconds: 86_400 });
    const session = await newSession(emulator);
    await clock.advance(59_000);
    expect((await complete(emulator, {}, session)).status).toBe(200);
    await clock.advance(2_000);
    const told = await complete(emulator, {}, session);
    expect(told.status).toBe(401);
    expect(told.text.trim()).toBe("IDE token expired: unauthorized: token expired");
  });

  test("stops working on completions and models when told to; the next one works", async () => {
    const session = await newSession(emulator);
    emulator.expireSessions();
    const models = (token: string): Promise<Told> => ask(`${emulator.url}/models`, { headers: sessionHeaders(token) });
    expect((await complete(emulator, {}, session)).status).toBe(401);
    expect((await models(session)).status).toBe(401);
    expect((await models(await newSession(emulator))).status).toBe(200);
  });

  test("is not enough without the name of the editor", async () => {
    const authorization = `Bearer ${await newSession(emulator)}`;
    const told = await ask(`${emulator.url}/models`, { headers: { authorization } });
    expect(told.status).toBe(400);
    expect(told.text).toContain("missing Editor-Version header");
  });
});

describe("the account", () => {
  test("tells its plan and what is left of it", async () => {
    const user = (): Promise<Told> =>
      ask(`${emulator.url}/copilot_internal/user`, { headers: { authorization: `token ${emulator.githubToken}` } });
    expect((await user()).json()).toMatchObject({
      login: "octocat",
      copilot_plan: "individual",
      quota_snapshots: { completions: { unlimited: true }, premium_interactions: { entitlement: 300 } },
    });
    emulator.setQuota("premium_interactions", { remaining: 3, percent_remaining: 1 });
    expect((await user()).json()).toMatchObject({
      quota_snapshots: { premium_interactions: { entitlement: 300, remaining: 3, percent_remaining: 1 } },
    });
  });

  test("of a limited plan pays for each completion, and is refused when nothing is left", async () => {
    emulator.setSession({ completionsRemaining: 2 });
    const session = await newSession(emulator);
    const first = await complete(emulator, {}, session);
    expect(new URLSearchParams(String(first.headers["x-quota-snapshot-completions"])).get("totRem")).toBe("1");
    expect((await complete(emulator, {}, session)).status).toBe(200);
    expect((await complete(emulator, {}, session)).status).toBe(402);
  });

  test("lists models of all kinds, the completion ones in order, for both hosts at once", async () => {
    emulator.setCompletionModels(["best", "second"]);
    const told = await ask(`${emulator.url}/models`, { headers: sessionHeaders(await newSession(emulator)) });
    const { data, models } = told.json() as {
      readonly data: readonly { readonly id: string; readonly capabilities: { readonly type: string } }[];
      readonly models: readonly { readonly serviceType: string }[];
    };
    expect(models.map(({ serviceType }) => serviceType)).toEqual(["NESChat", "CursorJumpChat"]);
    expect(new Set(data.map(({ capabilities }) => capabilities.type))).toEqual(
      new Set(["chat", "completion", "embeddings"]),
    );
    expect(data.filter(({ capabilities }) => capabilities.type === "completion").map(({ id }) => id)).toEqual([
      "best",
      "second",
    ]);
  });
});
