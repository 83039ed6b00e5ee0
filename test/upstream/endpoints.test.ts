import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { createHarness, emulate, harnessFor, machineId, rejection, sessionAt, version } from "./harness.ts";

describe("the device flow", () => {
  test("asks for a code with the client id and the scope read:user, as a form", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const code = await upstream.github.requestDeviceCode(createTestCtx());
    expect(code.userCode).toMatch(/\S/);
    expect(code.verificationUri).toMatch(/^http/);
    expect(code.expiresInSeconds).toBeGreaterThan(0);
    expect(code.intervalSeconds).toBeGreaterThan(0);
    const [call] = emulator.callsTo("device-code");
    expect(call?.body).toEqual({ client_id: "Iv1.0000000000000000", scope: "read:user" });
    expect(call?.headers["accept"]).toBe("application/json");
  });

  test("says pending until the person has decided, then gives the token", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    const ctx = createTestCtx();
    const { deviceCode } = await upstream.github.requestDeviceCode(ctx);
    expect(await upstream.github.pollAccessToken(ctx, deviceCode)).toEqual({ kind: "pending" });
    emulator.approveSignIn();
    emulator.script("access-token", { kind: "status", status: 200, body: { access_token: "ghu_abcdef123456" } });
    const poll = await upstream.github.pollAccessToken(ctx, deviceCode);
    expect(poll.kind).toBe("token");
    expect(poll.kind === "token" && poll.token.reveal()).toBe("ghu_abcdef123456");
  });

  test.each([
    [
      { error: "slow_down", interval: 10 },
      { kind: "slow-down", intervalSeconds: 10 },
    ],
    [{ error: "slow_down" }, { kind: "slow-down", intervalSeconds: undefined }],
    [{ error: "expired_token" }, { kind: "expired" }],
    [{ error: "access_denied", error_description: "no" }, { kind: "denied" }],
    [
      { error: "incorrect_device_code", error_description: "The device_code is not valid." },
      { kind: "failed", error: "incorrect_device_code", description: "The device_code is not valid." },
    ],
  ])("reads %j", async (body, expected) => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    for (const status of [200, 400]) {
      emulator.script("access-token", { kind: "status", status, body });
      expect(await upstream.github.pollAccessToken(createTestCtx(), new Secret("dc_0001"))).toEqual(expected);
    }
  });

  test("says so when GitHub does not begin a sign-in", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("device-code", {
      kind: "status",
      status: 200,
      body: { error: "device_flow_disabled", error_description: "Device Flow must be explicitly enabled." },
    });
    expect(await rejection(upstream.github.requestDeviceCode(createTestCtx()))).toMatchObject({
      code: "sign-in-failed",
      message: expect.stringContaining("explicitly enabled"),
    });
  });

  test("takes an answer without a device code for a proxy's", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("device-code", { kind: "html" });
    expect(await rejection(upstream.github.requestDeviceCode(createTestCtx()))).toMatchObject({ code: "intercepted" });
    emulator.script("device-code", { kind: "status", status: 200, body: { ok: true }, fromGitHub: false });
    expect(await rejection(upstream.github.requestDeviceCode(createTestCtx()))).toMatchObject({ code: "intercepted" });
  });
});

describe("the session token", () => {
  test("comes with its times, its endpoints and the service's clock", async () => {
    const emulator = await emulate();
    emulator.setSession({ refreshInSeconds: 900, lifetimeSeconds: 1800, sku: "test_sku", clockSkewSeconds: 3600 });
    const { upstream } = harnessFor(emulator);
    const session = await upstream.github.exchangeSession(createTestCtx(), new Secret(emulator.githubToken));
    expect(session).toMatchObject({
      refreshInSeconds: 900,
      sku: "test_sku",
      endpoints: { api: emulator.url, proxy: emulator.url },
    });
    const ahead = (session.serverNowMs ?? 0) - Date.now();
    expect(ahead).toBeGreaterThan(3_500_000);
    expect(session.expiresAtSeconds * 1000 - (session.serverNowMs ?? 0)).toBeGreaterThan(1_700_000);
    const [call] = emulator.callsTo("session-token");
    expect(call?.headers["authorization"]).toBe(`Bearer ${emulator.githubToken}`);
    expect(call?.headers["editor-version"]).toBe(`copilot-lsp/${version}`);
  });

  test("needs three fields only, whatever is wrong with the others", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("session-token", {
      kind: "status",
      status: 200,
      body: {
        token: "tid=1;proxy-ep=proxy.business.githubcopilot.com;st=dotcom:mac",
        expires_at: 2_000_000_000,
        refresh_in: 1500,
        endpoints: { api: "https://api.business.githubcopilot.com/", proxy: 7 },
        sku: 12,
        limited_user_quotas: "none",
        public_suggestions: {},
      },
    });
    const session = await upstream.github.exchangeSession(createTestCtx(), new Secret("ghu_0001"));
    expect(session).toMatchObject({
      endpoints: {
        api: "https://api.business.githubcopilot.com",
        proxy: "https://proxy.business.githubcopilot.com",
      },
      sku: undefined,
      hasExclusionRules: false,
      completionsRemaining: undefined,
    });
  });

  test.each([
    [undefined, false],
    [null, false],
    [false, false],
    [true, true],
    ["false", true],
    [1, true],
  ])(
    "says by %j whether there may be rules about excluded files: %j",
    async (copilotignore_enabled, hasExclusionRules) => {
      const emulator = await emulate();
      const { upstream } = harnessFor(emulator);
      const body = { token: "tid=1:mac", expires_at: 2_000_000_000, refresh_in: 1500, copilotignore_enabled };
      const endpoints = { api: emulator.url, proxy: emulator.url };
      emulator.script("session-token", { kind: "status", status: 200, body: { ...body, endpoints } });
      const session = await upstream.github.exchangeSession(createTestCtx(), new Secret(emulator.githubToken));
      expect(session.hasExclusionRules).toBe(hasExclusionRules);
    },
  );

  test.each(["http://proxy.example.com", "ftp://proxy.example.com", "http://user@10.0.0.1"])(
    "is not used with an endpoint in clear: %s",
    async (proxy) => {
      const emulator = await emulate();
      emulator.setSession({ endpoints: { api: emulator.url, proxy } });
      const { upstream } = harnessFor(emulator);
      const error = await rejection(upstream.github.exchangeSession(createTestCtx(), new Secret(emulator.githubToken)));
      expect(error).toMatchObject({ code: "upstream-failed", message: expect.stringContaining("https") });
    },
  );

  test("of an own server must name its endpoints", async () => {
    const emulator = await emulate();
    emulator.setSession({ endpoints: undefined });
    const { upstream } = harnessFor(emulator);
    const error = await rejection(upstream.github.exchangeSession(createTestCtx(), new Secret(emulator.githubToken)));
    expect(error).toMatchObject({ code: "upstream-failed", message: expect.stringContaining("endpoint") });
  });

  test("tells how many completions a limited plan has left", async () => {
    const emulator = await emulate();
    emulator.setSession({ completionsRemaining: 17 });
    const { upstream } = harnessFor(emulator);
    const session = await upstream.github.exchangeSession(createTestCtx(), new Secret(emulator.githubToken));
    expect(session.completionsRemaining).toBe(17);
  });
});

describe("who the account is", () => {
  test("the login comes from the API of the server that the one setting names", async () => {
    const emulator = await emulate();
    const { upstream } = createHarness({ githubUri: `${emulator.url}/` });
    expect(await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken))).toBe("octocat");
    expect(emulator.callsTo("login")[0]?.path).toBe("/api/v3/user");
    expect(upstream.github.serverUrl()).toBe(emulator.url);
  });

  test("the plan comes with what is left of it", async () => {
    const emulator = await emulate();
    emulator.setQuota("completions", {
      unlimited: false,
      entitlement: 2000,
      remaining: 500,
      percent_remaining: 25,
      overage_permitted: true,
    });
    const { upstream } = harnessFor(emulator);
    const user = await upstream.github.fetchCopilotUser(createTestCtx(), new Secret(emulator.githubToken));
    expect(user.login).toBe("octocat");
    expect(user.quotas["completions"]).toEqual({
      resetsAt: expect.stringMatching(/^\d{4}-\d\d-01T00:00:00\.000Z$/),
      unlimited: false,
      percentRemaining: 25,
      entitlement: 2000,
      remaining: 500,
      overagePermitted: true,
    });
  });

  test("the free plan's own counts are read as quotas", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator);
    emulator.script("copilot-user", {
      kind: "status",
      status: 200,
      body: {
        login: "octocat",
        copilot_plan: "free",
        limited_user_quotas: { completions: 500, chat: 10, toString: 5 },
        monthly_quotas: { completions: 2000, chat: 50 },
        limited_user_reset_date: "2026-12-01",
      },
    });
    const resetsAt = "2026-12-01";
    expect(await upstream.github.fetchCopilotUser(createTestCtx(), new Secret("ghu_0001"))).toEqual({
      login: "octocat",
      plan: "free",
      quotaResetDate: "2026-12-01",
      quotas: {
        completions: { unlimited: false, percentRemaining: 25, entitlement: 2000, remaining: 500, resetsAt },
        chat: { unlimited: false, percentRemaining: 20, entitlement: 50, remaining: 10, resetsAt },
      },
    });
  });
});

describe("the models", () => {
  test("are listed in the service's order with their kind, without entries that make no sense", async () => {
    const emulator = await emulate();
    const { upstream } = harnessFor(emulator, { integrationId: "my-editor" });
    emulator.script("models", {
      kind: "status",
      status: 200,
      body: {
        data: [
          { id: "b-completion", name: "B", vendor: "V", preview: true, capabilities: { type: "completion" } },
          { name: "nameless" },
          { id: "a-chat", capabilities: { type: "chat" } },
          { id: "odd", capabilities: { type: "telepathy" } },
        ],
      },
    });
    expect(await upstream.copilot.fetchModels(createTestCtx(), sessionAt(emulator.url))).toEqual([
      { id: "b-completion", name: "B", vendor: "V", kind: "completion", preview: true },
      { id: "a-chat", name: "a-chat", vendor: "", kind: "chat", preview: false },
      { id: "odd", name: "odd", vendor: "", kind: "other", preview: false },
    ]);
    expect(emulator.callsTo("models")[0]?.headers["copilot-integration-id"]).toBe("my-editor");
  });
});

describe("the server setting", () => {
  test.each(["http://git.example.com", "http://10.1.2.3/", "ssh://git.example.com", "", "https://"])(
    "is refused when a token would travel in clear or nowhere: %j",
    async (githubUri) => {
      const { upstream } = createHarness({ githubUri });
      const error = await rejection(upstream.github.fetchLogin(createTestCtx(), new Secret("ghu_0001")));
      expect(error).toMatchObject({ code: "bad-request", message: expect.stringContaining("github.uri") });
    },
  );

  test.each([
    ["github.com", "https://github.com"],
    ["https://github.com/", "https://github.com"],
    ["https://www.github.com", "https://github.com"],
    ["acme.ghe.com", "https://acme.ghe.com"],
    ["https://api.acme.ghe.com/", "https://acme.ghe.com"],
    ["https://git.example.com:8443/github/", "https://git.example.com:8443/github"],
    ["git.example.com", "https://git.example.com"],
  ])("may lack its scheme or end with a slash: %s", (githubUri, serverUrl) => {
    expect(createHarness({ githubUri }).upstream.github.serverUrl()).toBe(serverUrl);
  });
});

test("a machine id is part of completions only", async () => {
  const emulator = await emulate();
  const { upstream } = harnessFor(emulator);
  await upstream.github.fetchLogin(createTestCtx(), new Secret(emulator.githubToken));
  expect(JSON.stringify(emulator.calls)).not.toContain(machineId);
});
