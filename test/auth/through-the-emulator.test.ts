// Sign-in and session over real sockets: the upstream client, and a GitHub that keeps its own state.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { createAuth } from "../../server/auth/auth.ts";
import type { Auth } from "../../server/auth/types.ts";
import { createMemorySecretStore } from "../../server/config/memory-secret-store.ts";
import { createSecretStore } from "../../server/config/secret-store.ts";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Emulator, EmulatorOptions } from "../../server/emulator/types.ts";
import { createUpstream } from "../../server/upstream/upstream.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { createRecordingLog, createTestCtx, type RecordingLog } from "../support/test-ctx.ts";
import { later, rejection, signInOf } from "./support/harness.ts";
import { defaultUpstreamSettings } from "../support/upstream-settings.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Rig {
  readonly auth: Auth;
  readonly clock: ManualClock;
  readonly emulator: Emulator;
  readonly log: RecordingLog;
  readonly folder: string;
  /** Polls of the device flow whose answer has been taken in. */
  polls(): number;
}

async function rig(
  options: EmulatorOptions & { readonly signedIn?: boolean; readonly environment?: Environment } = {},
): Promise<Rig> {
  const { signedIn = false, environment = {}, ...rest } = options;
  const clock = createManualClock();
  const emulator = await startEmulator({ ...rest, clock });
  later(() => emulator.close());
  const folder = mkdtempSync(path.join(tmpdir(), "auth-emulator-"));
  later(() => rmSync(folder, { recursive: true, force: true }));
  const log = createRecordingLog();
  const upstream = createUpstream(
    { clock, log, version: "9.8.7", environment: {}, machineId: () => "0".repeat(32), identity: () => undefined },
    () => ({
      ...defaultUpstreamSettings,
      githubUri: emulator.url,
      githubApiUri: emulator.url,
      clientId: "Iv1.0123456789abcdef",
      noProxy: "*",
    }),
  );
  later(() => upstream.close());
  const store = signedIn
    ? createMemorySecretStore(signInOf(emulator.githubToken, "octocat", emulator.url))
    : createSecretStore(
        { clock, log, watch },
        { folder: path.join(folder, "auth"), singleFile: path.join(folder, "auth.json") },
      );
  let polls = 0;
  const auth = createAuth(
    {
      clock,
      log,
      github: {
        ...upstream.github,
        pollAccessToken: (ctx, deviceCode) =>
          upstream.github.pollAccessToken(ctx, deviceCode).finally(() => (polls += 1)),
      },
      store,
      storeSource: "store",
      loadKeychain: undefined,
      account: undefined,
      keychainLimits: { patienceMs: 1_500, signInMs: 5_000 },
      environment,
      random: () => 0,
      places: { homeFolder: folder, platform: "linux", readFile: () => Promise.reject(new Error("no such file")) },
    },
    () => ({ clientId: "Iv1.0123456789abcdef", storage: "auto" }),
  );
  later(() => auth.close());
  return { auth, clock, emulator, log, folder, polls: () => polls };
}

/** The one file in which a sign-in is stored. */
function storedFile(folder: string): string {
  const names = readdirSync(path.join(folder, "auth"));
  expect(names).toHaveLength(1);
  return path.join(folder, "auth", names[0] ?? "");
}

/** Lets real sockets bring `condition` about. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Moves time by `ms` and waits for the poll that this causes to be answered. */
async function poll({ clock, polls }: Rig, ms: number): Promise<void> {
  const before = polls();
  await clock.advance(ms);
  await until(() => polls() > before);
  await clock.advance(0);
}

describe("sign-in", () => {
  test("from the code to a session, and to a store that only its owner can read", async () => {
    const all = await rig();
    const { auth, emulator, folder } = all;
    await auth.start();
    emulator.setDeviceFlow({ intervalSeconds: 3, expiresInSeconds: 600 });
    expect(await auth.account.signIn(createTestCtx())).toMatchObject({ expiresInSeconds: 600, intervalSeconds: 3 });
    expect(emulator.callsTo("device-code")[0]?.body).toEqual({ client_id: "Iv1.0123456789abcdef", scope: "read:user" });
    await poll(all, 3_000);
    emulator.approveSignIn();
    const finished = auth.account.finishSignIn(createTestCtx());
    await poll(all, 3_000);
    expect(await finished).toEqual({ user: "octocat" });
    expect(emulator.callsTo("access-token")).toHaveLength(2);
    expect(auth.sessions.peek()?.endpoints.api).toBe(emulator.url);
    expect(statSync(storedFile(folder)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, "auth")).mode & 0o777).toBe(0o700);
    await auth.account.signOut(createTestCtx());
    expect(readdirSync(path.join(folder, "auth"))).toEqual([]);
  });

  test("slow_down is obeyed with and without a named interval", async () => {
    for (const namesInterval of [true, false]) {
      const all = await rig();
      const { auth, clock, emulator } = all;
      emulator.setDeviceFlow({ intervalSeconds: 5 });
      emulator.slowDownPolls(1, { namesInterval });
      await auth.account.signIn(createTestCtx());
      await poll(all, 5_000);
      await clock.advance(9_999);
      expect(emulator.callsTo("access-token")).toHaveLength(1);
      await poll(all, 1);
      expect(emulator.callsTo("access-token")).toHaveLength(2);
    }
  });

  test.each([
    ["sign-in-denied", (emulator: Emulator) => emulator.denySignIn()],
    ["sign-in-expired", (emulator: Emulator) => emulator.expireDeviceCodes()],
  ])("ends with %s", async (code, act) => {
    const all = await rig();
    await all.auth.account.signIn(createTestCtx());
    act(all.emulator);
    const finished = rejection(all.auth.account.finishSignIn(createTestCtx()));
    await poll(all, 5_000);
    expect(await finished).toMatchObject({ code });
  });

  test("a proxy's page in the place of a code is called what it is", async () => {
    const { auth, emulator } = await rig();
    emulator.script("device-code", { kind: "html" });
    expect(await rejection(auth.account.signIn(createTestCtx()))).toMatchObject({ code: "intercepted" });
  });

  test("a reset and a proxy's page between the polls do not end it", async () => {
    const all = await rig();
    const { auth, emulator } = all;
    emulator.script("access-token", { kind: "html" });
    emulator.script("access-token", { kind: "status", status: 502, body: "" });
    await auth.account.signIn(createTestCtx());
    const finished = auth.account.finishSignIn(createTestCtx());
    await poll(all, 5_000);
    await poll(all, 5_000);
    emulator.approveSignIn();
    await poll(all, 5_000);
    expect(await finished).toEqual({ user: "octocat" });
  });

  test("cancelling closes the poll under way at the socket", async () => {
    const { auth, clock, emulator } = await rig();
    const hold = emulator.hold("access-token");
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await clock.advance(5_000);
    const call = await hold.reached;
    auth.account.cancelSignIn();
    expect(await finished).toMatchObject({ code: "cancelled" });
    expect(await call.ended).toBe("left");
    hold.release();
  });
});

describe("session", () => {
  test("is exchanged on start, with the plan's allowances, and renewed by refresh_in", async () => {
    const { auth, clock, emulator } = await rig({ signedIn: true });
    emulator.setSession({ refreshInSeconds: 600, lifetimeSeconds: 900, clockSkewSeconds: 7_200 });
    await auth.start();
    await until(() => Object.keys(auth.report()?.quotas ?? {}).length > 0);
    const first = auth.sessions.peek();
    await clock.advance(599_999);
    expect(emulator.callsTo("session-token")).toHaveLength(1);
    await clock.advance(1);
    await until(() => auth.sessions.peek() !== first);
    expect(emulator.callsTo("session-token")).toHaveLength(2);
  });

  test("of fifty who ask at once takes one request, whatever becomes of one of them", async () => {
    const { auth, emulator } = await rig({ signedIn: true });
    const hold = emulator.hold("session-token");
    const leaver = createTestCtx();
    const left = rejection(auth.sessions.get(leaver));
    const answers = Array.from({ length: 49 }, async () => auth.sessions.get(createTestCtx()));
    const call = await hold.reached;
    leaver.cancel("gone");
    expect(await left).toBe("gone");
    hold.release();
    expect(new Set(await Promise.all(answers)).size).toBe(1);
    expect(await call.ended).toBe("answered");
    expect(emulator.callsTo("session-token")).toHaveLength(1);
  });

  test("of an account without Copilot fails in GitHub's own words", async () => {
    const { auth, emulator } = await rig({ signedIn: true });
    emulator.script("session-token", {
      kind: "status",
      status: 403,
      body: {
        message: "Resource not accessible",
        error_details: {
          message: "You do not have a seat.",
          notification_id: "no_copilot_access",
          title: "No access",
          url: "https://github.com/settings/copilot",
        },
      },
    });
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({
      code: "not-authorized",
      message: "You do not have a seat.",
      url: "https://github.com/settings/copilot",
    });
  });

  test("of a revoked token signs out, after one request and no more", async () => {
    const { auth, emulator } = await rig({ signedIn: true });
    emulator.revokeGitHubTokens();
    for (let request = 0; request < 5; request += 1) {
      expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
    }
    expect(emulator.callsTo("session-token")).toHaveLength(1);
  });

  test("is waited for as long as Retry-After says", async () => {
    const { auth, clock, emulator } = await rig({ signedIn: true });
    emulator.script("session-token", { kind: "status", status: 429, headers: { "retry-after": "40" }, body: {} });
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "limited" });
    await clock.advance(39_000);
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "limited", retryAfterMs: 1_000 });
    expect(emulator.callsTo("session-token")).toHaveLength(1);
    await clock.advance(1_000);
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
  });

  test("under way at close is closed at the socket", async () => {
    const { auth, clock, emulator } = await rig({ signedIn: true });
    const hold = emulator.hold("session-token");
    await auth.start();
    const call = await hold.reached;
    await auth.close();
    expect(await call.ended).toBe("left");
    hold.release();
    expect(clock.pendingTimers()).toBe(0);
  });
});

test("no token is in any log line, error, state or report, however things go wrong", async () => {
  const written: unknown[] = [];
  const environmentToken = "ghu_environmentEnvironment01";
  for (const environment of [{}, { GH_COPILOT_TOKEN: environmentToken }]) {
    const all = await rig({ environment });
    const { auth, clock, emulator, log, folder } = all;
    auth.onChange(() => written.push(auth.account.state(), auth.trouble()));
    await auth.start();
    written.push(await rejection(auth.sessions.get(createTestCtx())));
    written.push(await auth.account.signIn(createTestCtx()));
    emulator.approveSignIn();
    await poll(all, 5_000);
    written.push(await auth.account.finishSignIn(createTestCtx()));
    const session = await auth.sessions.get(createTestCtx());
    written.push(session, auth.report());
    const stored = readFileSync(storedFile(folder), "utf8");
    const token = emulator.tokens.find((candidate) => stored.includes(candidate)) ?? "";
    expect(token).not.toBe("");
    for (const status of [500, 418, 403, 401]) {
      // A service that says the token back.
      const echo = { message: `refused ${token}`, error_details: { message: `token ${token}`, url: "https://x" } };
      emulator.script("session-token", { kind: "status", status, body: echo });
      auth.sessions.reject(auth.sessions.peek() ?? session);
      await clock.advance(60_000);
      written.push(await auth.sessions.get(createTestCtx()).catch((error: unknown) => error));
      written.push(await auth.account.check(createTestCtx(), { localOnly: false }), auth.trouble());
    }
    await auth.account.signOut(createTestCtx());
    written.push(log.lines);
    const text = written.map((value) => `${inspect(value, { depth: 10 })} ${JSON.stringify(value)}`).join("\n");
    for (const secret of [...emulator.tokens, environmentToken]) expect(text).not.toContain(secret);
  }
});
