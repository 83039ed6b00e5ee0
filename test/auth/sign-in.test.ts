// Signing in, out, and asking who is signed in: the pace of the device flow, who shares it, how it ends.

import { describe, expect, test } from "vitest";
import { Secret } from "../../server/runtime/secret.ts";
import type { DevicePoll } from "../../server/upstream/types.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { failure, hang, sessionToken } from "./support/fake-github.ts";
import { createHarness, rejection, signInOf, storedToken } from "./support/harness.ts";

const minute = 60_000;
const newToken = "ghu_newNewNewNewNew0001";
const token = (): DevicePoll => ({ kind: "token", token: new Secret(newToken) });
const signedOut = { stored: {} };

describe("the device flow", () => {
  test("shows the code, polls after each interval, stores the token and gets a session", async () => {
    const { auth, clock, github, store } = createHarness(signedOut);
    await auth.start();
    expect(auth.account.state()).toMatchObject({ kind: "signed-out" });
    expect(await auth.account.signIn(createTestCtx())).toEqual({
      kind: "device-flow",
      userCode: "ABCD-1234",
      verificationUri: "https://github.com/login/device",
      expiresInSeconds: 900,
      intervalSeconds: 5,
    });
    await clock.advance(4_999);
    expect(github.count("poll")).toBe(0);
    await clock.advance(10_001);
    expect(github.timesOf("poll")).toEqual([5_000, 10_000, 15_000]);
    github.poll = token;
    const finished = auth.account.finishSignIn(createTestCtx());
    await clock.advance(5_000);
    expect(await finished).toEqual({ user: "octocat" });
    expect(JSON.parse((await store.read("github.com")) ?? "")).toEqual({
      host: "github.com",
      user: "octocat",
      token: newToken,
    });
    expect(auth.account.state()).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
    });
    expect(auth.sessions.peek()).toBeDefined();
    expect(github.count("session")).toBe(1);
    await clock.advance(10 * minute);
    expect(github.count("poll")).toBe(4);
  });

  test("slow_down adds five seconds for good, or more if the service names more", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    const answers: DevicePoll[] = [
      { kind: "slow-down", intervalSeconds: undefined },
      { kind: "pending" },
      { kind: "slow-down", intervalSeconds: 7 },
      { kind: "slow-down", intervalSeconds: 40 },
      { kind: "pending" },
    ];
    github.poll = () => answers.shift() ?? { kind: "denied" };
    await auth.account.signIn(createTestCtx());
    await clock.advance(5 * minute);
    const at = github.timesOf("poll");
    expect(at.map((time, index) => (time - (at[index - 1] ?? 0)) / 1_000)).toEqual([5, 10, 10, 15, 40, 40]);
  });

  test.each([
    [{ kind: "denied" }, "sign-in-denied"],
    [{ kind: "expired" }, "sign-in-expired"],
    [{ kind: "failed", error: "device_flow_disabled", description: "Device flow is off" }, "sign-in-failed"],
  ] as const)("ends with what GitHub answers: %o", async (answer, code) => {
    const { auth, clock, github } = createHarness(signedOut);
    github.poll = () => answer;
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await clock.advance(10 * minute);
    expect(await finished).toMatchObject({ code });
    expect(github.count("poll")).toBe(1);
    expect(clock.pendingTimers()).toBe(0);
  });

  test("a code that runs out by the clock ends it without another poll, also when the machine slept", async () => {
    for (const asleep of [false, true]) {
      const { auth, clock, github } = createHarness(signedOut);
      await auth.account.signIn(createTestCtx());
      const finished = rejection(auth.account.finishSignIn(createTestCtx()));
      if (asleep) clock.sleepMachine(15 * minute);
      await clock.advance(asleep ? 5_000 : 15 * minute);
      expect(await finished).toMatchObject({ code: "sign-in-expired" });
      expect(github.count("poll")).toBe(asleep ? 0 : 179);
    }
  });

  test("a code that runs out between two polls is over at that moment", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    const code = await github.code();
    github.code = () => ({ ...code, expiresInSeconds: 12 });
    await auth.account.signIn(createTestCtx());
    let ended = false;
    const finished = rejection(auth.account.finishSignIn(createTestCtx())).finally(() => (ended = true));
    await clock.advance(11_999);
    expect(ended).toBe(false);
    await clock.advance(1);
    expect(await finished).toMatchObject({ code: "sign-in-expired" });
    expect(github.timesOf("poll")).toEqual([5_000, 10_000]);
  });

  test("a network that fails is asked less and less, until the code runs out", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    github.poll = () => Promise.reject(failure("offline"));
    await auth.account.signIn(createTestCtx());
    await clock.advance(2 * minute);
    const at = github.timesOf("poll");
    expect(at.map((time, index) => (time - (at[index - 1] ?? 0)) / 1_000)).toEqual([5, 5, 5, 5, 8, 16, 32]);
    github.poll = token;
    await clock.advance(minute);
    expect(auth.account.state()).toMatchObject({ kind: "signed-in" });
  });

  test("a poll that GitHub rejects outright ends it", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    github.poll = () => Promise.reject(failure("upstream-rejected", { httpStatus: 422 }));
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await clock.advance(5_000);
    expect(await finished).toMatchObject({ code: "sign-in-failed", httpStatus: 422 });
  });

  test("two who sign in share one flow, and the second is told how long the code still lives", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    const [first, second] = await Promise.all([
      auth.account.signIn(createTestCtx()),
      auth.account.signIn(createTestCtx()),
    ]);
    expect(second).toEqual(first);
    await clock.advance(100_000);
    expect(await auth.account.signIn(createTestCtx())).toMatchObject({ userCode: "ABCD-1234", expiresInSeconds: 800 });
    expect(github.count("device-code")).toBe(1);
    const both = [auth.account.finishSignIn(createTestCtx()), auth.account.finishSignIn(createTestCtx())];
    github.poll = token;
    await clock.advance(5_000);
    expect(await Promise.all(both)).toEqual([{ user: "octocat" }, { user: "octocat" }]);
  });

  test("the asking for a code goes on for the second when the first leaves, and stops with the last", async () => {
    const { auth, github } = createHarness(signedOut);
    github.code = () => hang(github.calls[0]?.signal ?? new AbortController().signal);
    const [first, second] = [createTestCtx(), createTestCtx()];
    const starts = [rejection(auth.account.signIn(first)), rejection(auth.account.signIn(second))];
    await new Promise<void>((resolve) => setImmediate(resolve));
    first.cancel("first left");
    expect(await starts[0]).toBe("first left");
    expect(github.calls[0]?.signal.aborted).toBe(false);
    second.cancel("second left");
    expect(await starts[1]).toBe("second left");
    expect(github.calls[0]?.signal.aborted).toBe(true);
    expect(await rejection(auth.account.finishSignIn(createTestCtx()))).toMatchObject({ code: "bad-request" });
  });

  test("a code that cannot be had is the starter's failure, and the next start asks again", async () => {
    const { auth, github } = createHarness(signedOut);
    const code = github.code;
    github.code = () => Promise.reject(failure("intercepted"));
    expect(await rejection(auth.account.signIn(createTestCtx()))).toMatchObject({ code: "intercepted" });
    expect(await rejection(auth.account.finishSignIn(createTestCtx()))).toMatchObject({ code: "bad-request" });
    github.code = code;
    expect(await auth.account.signIn(createTestCtx())).toMatchObject({ kind: "device-flow" });
  });

  test("cancelling ends the polling and is told to who waits, also afterwards; a new sign-in gets a new code", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    auth.account.cancelSignIn();
    expect(await finished).toMatchObject({ code: "cancelled" });
    expect(await rejection(auth.account.finishSignIn(createTestCtx()))).toMatchObject({ code: "cancelled" });
    await clock.advance(minute);
    expect(github.count("poll")).toBe(0);
    await auth.account.signIn(createTestCtx());
    expect(github.count("device-code")).toBe(2);
  });

  test("leaving the wait ends nothing", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    await auth.account.signIn(createTestCtx());
    const leaver = createTestCtx();
    const left = rejection(auth.account.finishSignIn(leaver));
    leaver.cancel("gone");
    expect(await left).toBe("gone");
    github.poll = token;
    await clock.advance(5_000);
    expect(await auth.account.finishSignIn(createTestCtx())).toEqual({ user: "octocat" });
  });

  test("a sign-in that was approved before anybody waited still answers", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    github.poll = token;
    await auth.account.signIn(createTestCtx());
    await clock.advance(minute);
    expect(await auth.account.finishSignIn(createTestCtx())).toEqual({ user: "octocat" });
  });

  test("without any flow there is nothing to wait for", async () => {
    const { auth } = createHarness(signedOut);
    expect(await rejection(auth.account.finishSignIn(createTestCtx()))).toMatchObject({ code: "bad-request" });
  });

  test("a person without Copilot is signed in to GitHub and told what is missing", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    github.poll = token;
    github.session = () => Promise.reject(failure("not-authorized"));
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await clock.advance(5_000);
    expect(await finished).toMatchObject({ code: "not-authorized" });
    expect(auth.account.state()).toMatchObject({ kind: "not-authorized", user: "octocat" });
  });

  test("a network that fails after the approval loses neither the token nor, in the end, the name", async () => {
    const { auth, clock, github, store } = createHarness(signedOut);
    github.poll = token;
    github.login = () => Promise.reject(failure("offline"));
    await auth.account.signIn(createTestCtx());
    const finished = auth.account.finishSignIn(createTestCtx());
    await clock.advance(minute);
    expect(await finished).toEqual({ user: "octocat" });
    expect(github.count("login")).toBe(3);
    expect(await store.read("github.com")).toContain(newToken);
    expect(auth.account.state()).toMatchObject({ kind: "signed-in", user: "octocat" });
  });

  test("a store that cannot keep the token is said, and nobody is signed in", async () => {
    const { auth, clock, github } = createHarness({
      store: {
        pathOf: () => "/nowhere/auth.json",
        read: async () => undefined,
        assertWritable: async () => undefined,
        write: () => Promise.reject(failure("sign-in-failed")),
        keys: async () => [],
        erase: async () => undefined,
        eraseAll: async () => undefined,
        watch: () => () => undefined,
      },
    });
    github.poll = token;
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await clock.advance(5_000);
    expect(await finished).toMatchObject({ code: "sign-in-failed" });
    expect(auth.account.state()).toMatchObject({ kind: "signed-out" });
  });

  test("close ends it", async () => {
    const { auth, clock } = createHarness(signedOut);
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await auth.close();
    expect(await finished).toMatchObject({ code: "closing" });
    expect(clock.pendingTimers()).toBe(0);
    expect(await rejection(auth.account.signIn(createTestCtx()))).toMatchObject({ code: "closing" });
  });
});

describe("who is signed in already", () => {
  test("needs no flow when GitHub still takes the stored token, or cannot be asked", async () => {
    for (const online of [true, false]) {
      const { auth, github } = createHarness();
      if (!online) github.session = () => Promise.reject(failure("offline"));
      const unverified = { code: "offline", message: expect.any(String) };
      const expected = { kind: "already-signed-in", user: "octocat", ...(online ? {} : { unverified }) };
      expect(await auth.account.signIn(createTestCtx())).toEqual(expected);
      expect(github.count("device-code")).toBe(0);
    }
  });

  test.each(["offline", "intercepted", "limited"] as const)(
    "is not said of a token of the environment that could not be verified: %s",
    async (code) => {
      const { auth, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_env" } });
      github.session = () => Promise.reject(failure(code));
      const message = expect.stringContaining("The token in GH_COPILOT_TOKEN could not be verified");
      expect(await rejection(auth.account.signIn(createTestCtx()))).toMatchObject({ code, message });
      expect(github.count("device-code")).toBe(0);
    },
  );

  test.each(["signed-out", "not-authorized"] as const)(
    "is nobody when GitHub refuses the stored token as %s: the flow begins at once and replaces it",
    async (code) => {
      const { auth, clock, github } = createHarness();
      github.session = (call) => (call.token === storedToken ? Promise.reject(failure(code)) : sessionToken());
      expect(await auth.account.signIn(createTestCtx())).toMatchObject({ kind: "device-flow" });
      github.poll = token;
      await clock.advance(5_000);
      expect(await auth.account.finishSignIn(createTestCtx())).toEqual({ user: "octocat" });
      expect(await auth.sessions.get(createTestCtx())).toBeDefined();
    },
  );

  test("is asked of GitHub for a token of the environment", async () => {
    const { auth } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_env" } });
    expect(await auth.account.signIn(createTestCtx())).toEqual({ kind: "already-signed-in", user: "octocat" });
    expect(auth.account.state()).toEqual({ kind: "signed-in", source: "GH_COPILOT_TOKEN", user: "octocat" });
  });

  test("a refused token of the environment does not stand in the way of a sign-in by hand", async () => {
    const { auth, clock, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_env" }, ...signedOut });
    github.session = (call) =>
      call.token === "ghu_env" ? Promise.reject(failure("signed-out")) : Promise.resolve(sessionToken());
    expect(await auth.account.signIn(createTestCtx())).toMatchObject({ kind: "device-flow" });
    github.poll = token;
    await clock.advance(5_000);
    expect(auth.account.state()).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
    });
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
  });

  test("a sign-in anew with a token that was refused forgets the refusal, even if no session can be had yet", async () => {
    for (const online of [true, false]) {
      const { auth, clock, github } = createHarness({ stored: signInOf(storedToken, "octocat") });
      github.session = () => Promise.reject(failure("signed-out"));
      await rejection(auth.sessions.get(createTestCtx()));
      github.session = () => (online ? sessionToken() : Promise.reject(failure("offline")));
      github.poll = () => ({ kind: "token", token: new Secret(storedToken) });
      await auth.account.signIn(createTestCtx());
      await clock.advance(5_000);
      expect(await auth.account.finishSignIn(createTestCtx())).toEqual({ user: "octocat" });
      expect(auth.account.state()).toMatchObject({ kind: "signed-in" });
      expect(auth.sessions.peek() !== undefined).toBe(online);
    }
  });
});

describe("signing out", () => {
  test("forgets token and session, ends the exchange under way and tells those who wait", async () => {
    const { auth, clock, github, store } = createHarness();
    github.session = ({ signal }) => hang(signal);
    const waiting = rejection(auth.sessions.get(createTestCtx()));
    await clock.advance(0);
    expect(await auth.account.signOut(createTestCtx())).toEqual({ leftInEnvironment: false, stored: "file" });
    expect(await waiting).toMatchObject({ code: "signed-out" });
    expect(github.calls[0]?.signal.aborted).toBe(true);
    expect(await store.read("github.com")).toBeUndefined();
    expect(auth.account.state()).toMatchObject({ kind: "signed-out" });
    await auth.close();
    expect(clock.pendingTimers()).toBe(0);
  });

  test("an answer that comes after the sign-out gives no session", async () => {
    const { auth, clock, github } = createHarness();
    let answer: () => void = () => undefined;
    github.session = () => new Promise((resolve) => (answer = () => resolve(sessionToken())));
    await auth.start();
    await clock.advance(0);
    await auth.account.signOut(createTestCtx());
    answer();
    await clock.advance(0);
    expect(auth.sessions.peek()).toBeUndefined();
  });

  test("ends a flow under way", async () => {
    const { auth, clock, github } = createHarness(signedOut);
    await auth.account.signIn(createTestCtx());
    const finished = rejection(auth.account.finishSignIn(createTestCtx()));
    await auth.account.signOut(createTestCtx());
    expect(await finished).toMatchObject({ code: "cancelled" });
    github.poll = token;
    await clock.advance(minute);
    expect(github.count("poll")).toBe(0);
    expect(await auth.account.signIn(createTestCtx())).toMatchObject({ kind: "device-flow" });
    expect(github.count("device-code")).toBe(2);
  });

  test("stops using the environment's token too, and says that it is still there", async () => {
    const { auth, clock, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "ghu_env" } });
    await auth.start();
    await clock.advance(0);
    expect(await auth.account.signOut(createTestCtx())).toEqual({ leftInEnvironment: true, stored: "file" });
    expect(auth.account.state()).toMatchObject({
      kind: "signed-out",
      message: expect.stringContaining("GH_COPILOT_TOKEN"),
    });
    expect(await auth.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-out" });
    await clock.advance(60 * minute);
    expect(github.count("session")).toBe(1);
  });
});

describe("checking", () => {
  test("asks nobody when that is wanted, or when nobody is signed in", async () => {
    const { auth, github } = createHarness();
    expect(auth.account.state()).toEqual({ kind: "unknown" });
    expect(await auth.account.check(createTestCtx(), { localOnly: true })).toMatchObject({ kind: "signed-in" });
    const other = createHarness(signedOut);
    expect(await other.auth.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-out" });
    expect(github.calls).toEqual([]);
    expect(other.github.calls).toEqual([]);
  });

  test("finds out about a token that was revoked, but not more often than every 30 seconds while it works", async () => {
    const { auth, clock, github } = createHarness();
    for (let second = 0; second < 60; second += 1) {
      await auth.account.check(createTestCtx(), { localOnly: false });
      await clock.advance(1_000);
    }
    expect(github.timesOf("session")).toEqual([0, 30_000]);
    github.session = () => Promise.reject(failure("signed-out"));
    await clock.advance(minute);
    expect(await auth.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-out" });
  });

  test("says that GitHub could not be asked, whoever asked it first, and passes a cancel on", async () => {
    const { auth, github } = createHarness();
    github.session = () => Promise.reject(failure("offline"));
    const asked = [1, 2].map(() => rejection(auth.account.check(createTestCtx(), { localOnly: false })));
    for (const error of await Promise.all(asked)) expect(error).toMatchObject({ code: "offline" });
    expect(auth.account.state()).toMatchObject({ kind: "signed-in" });
    expect(auth.trouble()).toMatchObject({ code: "offline" });
    github.session = ({ signal }) => hang(signal);
    const ctx = createTestCtx();
    const checked = rejection(auth.account.check(ctx, { localOnly: false }));
    ctx.cancel("gone");
    expect(await checked).toBe("gone");
  });
});
