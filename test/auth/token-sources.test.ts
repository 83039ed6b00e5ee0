// Which GitHub token is used, to which server it goes, and how the state names it.

import { describe, expect, test } from "vitest";
import { createTestCtx } from "../support/test-ctx.ts";
import { failure, sessionToken } from "./support/fake-github.ts";
import { createHarness, rejection, signInOf, storedToken } from "./support/harness.ts";

describe("the order of sources", () => {
  test.each([
    [{ GH_COPILOT_TOKEN: "ghu_one", GITHUB_COPILOT_TOKEN: "ghu_two" }, "GH_COPILOT_TOKEN", "ghu_one"],
    [{ GH_COPILOT_TOKEN: "", GITHUB_COPILOT_TOKEN: "ghu_two" }, "GITHUB_COPILOT_TOKEN", "ghu_two"],
    [{ GH_COPILOT_TOKEN: "  ghu_one\n" }, "GH_COPILOT_TOKEN", "ghu_one"],
    [{ GH_COPILOT_TOKEN: " \t", GITHUB_COPILOT_TOKEN: "" }, "store", storedToken],
    [{ GITHUB_TOKEN: "ghp_other" }, "store", storedToken],
  ] as const)("with %o it is %s", async (environment, source, token) => {
    const { auth, github } = createHarness({ environment });
    await auth.sessions.get(createTestCtx());
    expect(auth.account.state()).toMatchObject({ kind: "signed-in", source });
    expect(github.calls[0]?.token).toBe(token);
  });

  test("a variable that holds no token at all is never sent, and is named", async () => {
    const { auth, clock, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "one two" } });
    await auth.start();
    await clock.advance(60_000);
    expect(github.calls).toEqual([]);
    const error = await rejection(auth.sessions.get(createTestCtx()));
    expect(error).toMatchObject({ code: "signed-out", message: expect.stringContaining("GH_COPILOT_TOKEN") });
    expect(String(error)).not.toContain("one two");
  });

  test("a refused variable is not silently replaced by somebody else's stored sign-in", async () => {
    const { auth, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_company" } });
    github.session = () => Promise.reject(failure("signed-out"));
    await rejection(auth.sessions.get(createTestCtx()));
    await rejection(auth.sessions.get(createTestCtx()));
    expect(github.calls.map((call) => call.token)).not.toContain(storedToken);
    expect(auth.account.state()).toMatchObject({ kind: "signed-out" });
  });

  test("the demo's token is called by its name", async () => {
    const { auth } = createHarness({ storeSource: "demo" });
    await auth.sessions.get(createTestCtx());
    expect(auth.account.state()).toEqual({ kind: "signed-in", source: "demo", user: "octocat" });
  });
});

describe("one server's token and another server", () => {
  test("a stored token stays with its server when the setting changes, and is there when it changes back", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(0);
    github.server = "https://tenant.ghe.com";
    expect(auth.sessions.peek()).toBeUndefined();
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
    await clock.advance(60 * 60_000);
    expect(github.calls.filter((call) => call.server !== "https://github.com")).toEqual([]);
    github.server = "https://github.com";
    auth.reconsider();
    await clock.advance(0);
    expect(auth.sessions.peek()).toBeDefined();
  });

  test("each server has its own sign-in, and a change switches between them at once", async () => {
    const { auth, clock, github } = createHarness({
      stored: {
        ...signInOf("ghu_dotcom", "dot"),
        ...signInOf("ghu_tenant", "ten", "https://tenant.ghe.com"),
      },
    });
    await auth.start();
    await clock.advance(0);
    github.server = "https://tenant.ghe.com";
    auth.reconsider();
    await clock.advance(0);
    expect(github.calls.filter((call) => call.name === "session")).toMatchObject([
      { server: "https://github.com", token: "ghu_dotcom" },
      { server: "https://tenant.ghe.com", token: "ghu_tenant" },
    ]);
  });

  test("a background renewal sends nothing to a server that was configured behind its back", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(60_000);
    github.server = "https://other.example";
    await clock.advance(60 * 60_000);
    expect(github.count("session")).toBe(1);
  });

  test("a session that comes after its server was left is told to nobody", async () => {
    const { auth, clock, github } = createHarness();
    let answer: () => void = () => undefined;
    github.session = () => new Promise((resolve) => (answer = () => resolve(sessionToken())));
    let renewals = 0;
    auth.sessions.onRenewed(() => (renewals += 1));
    const waiting = rejection(auth.sessions.get(createTestCtx()));
    await clock.advance(0);
    github.server = "https://other.example";
    answer();
    expect(await waiting).toMatchObject({ code: "signed-out" });
    expect(renewals).toBe(0);
  });

  test("the same name without TLS is another server", async () => {
    const { auth, github } = createHarness();
    github.server = "http://github.com";
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
    expect(github.calls).toEqual([]);
  });

  test("a device flow of the old server sends its code nowhere else", async () => {
    const { auth, clock, github } = createHarness({ stored: {} });
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    github.server = "https://other.example";
    await clock.advance(5_000);
    expect(await finished).toMatchObject({ code: "cancelled" });
    expect(github.count("poll")).toBe(0);
  });

  test("a setting that is no URL is said, and asks nobody", async () => {
    const { auth, github } = createHarness();
    github.server = "not a url";
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "bad-request" });
    expect(auth.account.state()).toMatchObject({ kind: "signed-out" });
    expect(github.calls).toEqual([]);
  });
});

describe("what is reported", () => {
  test("the session's times by this machine's clock, its hosts, the plan and what it leaves", async () => {
    const { auth, clock } = createHarness();
    expect(auth.report()).toBeUndefined();
    await auth.start();
    await clock.advance(60_000);
    expect(auth.report()).toEqual({
      expiresAtMs: clock.nowMs() + 29 * 60_000,
      refreshAtMs: clock.nowMs() + 24 * 60_000,
      sku: "test_sku",
      plan: "individual",
      quotaResetDate: "2026-02-01",
      quotas: { completions: { unlimited: true, percentRemaining: 100 } },
      endpoints: { api: "api.example", proxy: "proxy.example" },
    });
  });

  test("a plan that cannot be had keeps nobody from working", async () => {
    const { auth, clock, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_env" } });
    github.user = () => Promise.reject(failure("upstream-rejected"));
    await auth.start();
    await clock.advance(0);
    expect(auth.report()).toMatchObject({ quotas: {} });
    expect(auth.account.state()).toEqual({ kind: "signed-in", source: "GH_COPILOT_TOKEN", user: "octocat" });
  });

  test("the plan is asked for after an exchange, at most every five minutes", async () => {
    const { auth, clock, github } = createHarness();
    const session = github.session;
    github.session = async (call) => ({ ...(await session(call)), refreshInSeconds: 30 });
    await auth.start();
    await clock.advance(10 * 60_000);
    expect(github.timesOf("user")).toEqual([0, 300_000, 600_000]);
  });

  test("changes are told once each", async () => {
    const { auth, clock, github } = createHarness();
    const seen: string[] = [];
    auth.onChange(() => seen.push(`${auth.account.state().kind} ${auth.trouble()?.code ?? "well"}`));
    const session = github.session;
    github.session = () => Promise.reject(failure("offline"));
    await auth.start();
    await clock.advance(30_000);
    github.session = session;
    await clock.advance(60_000);
    await auth.account.signOut(createTestCtx());
    expect(seen).toEqual(["signed-in well", "signed-in offline", "signed-in well", "signed-out signed-out"]);
  });
});
