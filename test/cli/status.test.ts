import { expect, test } from "vitest";
import { CopilotError } from "../../shared/errors.ts";
import { createFakeCore, nobody } from "../support/fake-core.ts";
import { createSession } from "./support/fake-env.ts";

const nowMs = Date.UTC(2026, 0, 1);
const minuteMs = 60_000;
const session = {
  expiresAtMs: nowMs + 24.5 * minuteMs,
  refreshAtMs: nowMs + 20 * minuteMs,
  plan: "individual",
  sku: "free_limited_copilot",
  quotaResetDate: "2026-02-01",
  quotas: {
    completions: {
      unlimited: false,
      percentRemaining: 61.7,
      entitlement: 2000,
      remaining: 1234,
      resetsAt: "2026-02-01",
    },
  },
  endpoints: { api: "api.individual.githubcopilot.com", proxy: "proxy.individual.githubcopilot.com" },
};

test("status shows account, token, plan, quota, session, model and listener", async () => {
  const shown = createSession({
    core: createFakeCore({ report: { session, model: "gpt-41-copilot" } }),
    probePort: async () => ({
      port: 8080,
      holder: { kind: "copilot-lsp", pid: 4711, version: "1.2.3", sinceMs: nowMs - 3 * minuteMs },
    }),
  });
  expect(await shown.run("status")).toBe(0);
  expect(shown.output()).toBe(
    [
      "Account      signed in as octocat",
      "Token        from /home/ada/.config/copilot-lsp/auth.json",
      "Client       the client id of GitHub's own Copilot plugins; GitHub can withdraw",
      "             it at any time. auth.clientId sets yours; `copilot-lsp use",
      "             official` is the way that GitHub documents",
      "Server       https://github.com",
      "Plan         individual, free_limited_copilot",
      "Completions  1,234 of 2,000 left (62 %), full again on Sunday 1 February 2026",
      "             (in 31 days)",
      "Session      good for 24 minutes, renewed in 20 minutes",
      "Model        gpt-41-copilot",
      "Listener     http://127.0.0.1:8080, answered by copilot-lsp 1.2.3 (process",
      "             4711), for 3 minutes",
      "",
    ].join("\n"),
  );
  expect(shown.errors()).toBe("");
  expect(shown.openCores()).toBe(0);
});

test("status names the client id where it is the person's own, and says nothing of it for a token of the environment", async () => {
  const entry = { key: "auth.clientId", source: "file", origin: "", takes: "", environmentName: "", doc: "" } as const;
  const own = createSession({ settings: { entries: () => [{ ...entry, value: "Ov23liMine" }] } });
  await own.run("status");
  expect(own.output()).toContain("Client    the client id Ov23liMine (auth.clientId)\n");
  const state = { kind: "signed-in", source: "GH_COPILOT_TOKEN" } as const;
  const fromVariable = createSession({ core: createFakeCore({ state }) });
  await fromVariable.run("status");
  expect(fromVariable.output()).not.toContain("Client");
});

test("status with nobody signed in ends with 3 and says how to sign in", async () => {
  const shown = createSession({ core: createFakeCore({ state: nobody }) });
  expect(await shown.run("status")).toBe(3);
  expect(shown.output()).toContain("Account   signed out\n");
  expect(shown.output()).toContain("Listener  nobody listens on port 8080\n");
  expect(shown.errors()).toBe("Sign in with `copilot-lsp login`.\n");
});

test("status says why somebody is signed out, once", async () => {
  const message = "GitHub no longer accepts the token. Sign in again with `copilot-lsp login`.";
  const shown = createSession({ core: createFakeCore({ state: { kind: "signed-out", message } }) });
  expect(await shown.run("status")).toBe(3);
  expect(shown.output()).toContain("Account   signed out\n");
  expect(shown.errors()).toBe(`${message}\n`);
});

test("status of an account without Copilot ends with 3 and gives GitHub's own words and page", async () => {
  const core = createFakeCore({
    state: {
      kind: "not-authorized",
      source: "store",
      user: "octocat",
      message: "No access to GitHub Copilot found.",
      url: "https://github.com/settings/copilot",
    },
  });
  const shown = createSession({ core });
  expect(await shown.run("status")).toBe(3);
  expect(shown.output().replace(/\s+/g, " ")).toContain(
    "signed in as octocat, without Copilot: No access to GitHub Copilot found.",
  );
  expect(shown.errors()).toContain("https://github.com/settings/copilot");
});

test("status without a network still shows what is known, and ends with 4", async () => {
  const core = createFakeCore({
    account: {
      check: () =>
        Promise.reject(
          new CopilotError("offline", "github.com could not be reached.", { advice: "Check the network." }),
        ),
    },
  });
  const shown = createSession({ core });
  expect(await shown.run("status")).toBe(4);
  expect(shown.output()).toContain("signed in as octocat");
  expect(shown.output()).toContain("Problem   github.com could not be reached. Check the network.");
});

test("status --local asks nobody", async () => {
  const asked: boolean[] = [];
  const core = createFakeCore({
    account: {
      check: async (_ctx, { localOnly }) => {
        asked.push(localOnly);
        return nobody;
      },
    },
  });
  await createSession({ core }).run("status", "--local");
  expect(asked).toEqual([true]);
});

test("status names the last empty answer, what holds the port, an unlimited plan and a session that ran out", async () => {
  const core = createFakeCore({
    report: {
      session: {
        ...session,
        expiresAtMs: nowMs - 1,
        quotas: { completions: { unlimited: true, percentRemaining: 100 } },
      },
      lastEmpty: { reason: "excluded", atMs: nowMs - 3 * minuteMs },
    },
  });
  const shown = createSession({
    core,
    probePort: async () => ({ port: 8080, holder: { kind: "foreign", server: "Werkzeug" } }),
  });
  await shown.run("status");
  expect(shown.output()).toContain("Completions  unlimited\n");
  expect(shown.output()).toContain("Session      run out; the next completion renews it\n");
  expect(shown.output()).toContain("Listener     port 8080 is held by another program (Werkzeug)\n");
  expect(shown.output()).toContain("Last empty   A rule keeps this file from being sent. (3 minutes ago)\n");
});

test("status --json is one object with everything and the same exit code", async () => {
  const shown = createSession({ core: createFakeCore({ state: nobody, report: { session } }) });
  expect(await shown.run("status", "--json")).toBe(3);
  expect(JSON.parse(shown.output())).toMatchObject({
    version: "1.2.3",
    account: { kind: "signed-out" },
    session: { quotas: { completions: { remaining: 1234 } } },
    listener: { port: 8080, holder: { kind: "nobody" } },
    tokenFile: "/home/ada/.config/copilot-lsp/auth.json",
  });
});
