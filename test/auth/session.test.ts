// The session token's arithmetic: when it is renewed, until when it is served, and how often GitHub is asked.

import { describe, expect, test } from "vitest";
import type { SessionToken } from "../../server/upstream/types.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { failure, hang, sessionToken } from "./support/fake-github.ts";
import { createHarness, rejection } from "./support/harness.ts";

const minute = 60_000;

describe("renewal", () => {
  test("a session is exchanged on start and renewed in the background after exactly refresh_in", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(1_500_000 - 1);
    expect(github.timesOf("session")).toEqual([0]);
    await clock.advance(1);
    expect(github.timesOf("session")).toEqual([0, 1_500_000]);
    await clock.advance(1_500_000);
    expect(github.timesOf("session")).toEqual([0, 1_500_000, 3_000_000]);
  });

  test("every renewal is announced, and the new token is the one that is served", async () => {
    const { auth, clock } = createHarness();
    const seen: SessionToken[] = [];
    auth.sessions.onRenewed((session) => seen.push(session));
    await auth.start();
    await clock.advance(26 * minute);
    expect(seen).toHaveLength(2);
    expect(await auth.sessions.get(createTestCtx())).toBe(seen[1]);
    expect(auth.sessions.peek()).toBe(seen[1]);
  });

  test("a tiny refresh_in makes no storm: every 30 seconds, however many ask", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => sessionToken({ refreshInSeconds: 1 });
    await auth.start();
    for (let second = 0; second < 60; second += 1) {
      await clock.advance(1_000);
      for (let request = 0; request < 5; request += 1) await auth.sessions.get(createTestCtx());
    }
    expect(github.timesOf("session")).toEqual([0, 30_000, 60_000]);
  });

  test("a token that really has ended is exchanged on demand, sooner than 30 seconds if need be", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => sessionToken({ refreshInSeconds: 1, lifetimeSeconds: 10 });
    await auth.start();
    await clock.advance(9_999);
    const first = await auth.sessions.get(createTestCtx());
    await clock.advance(1);
    expect(auth.sessions.peek()).toBeUndefined();
    expect(await auth.sessions.get(createTestCtx())).not.toBe(first);
    expect(github.timesOf("session")).toEqual([0, 10_000]);
  });

  test("a token that ends before its refresh_in is renewed a minute before its end", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => sessionToken({ refreshInSeconds: 1_500, lifetimeSeconds: 600 });
    await auth.start();
    await clock.advance(10 * minute);
    expect(github.timesOf("session")).toEqual([0, 540_000]);
  });

  test("without a Date header a token lives refresh_in and a minute by the own clock", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => sessionToken({ serverNowMs: undefined, expiresAtSeconds: 1 });
    await auth.start();
    await clock.advance(0);
    github.session = () => Promise.reject(failure("offline"));
    await clock.advance(1_560_000 - 1);
    expect(auth.sessions.peek()).toBeDefined();
    await clock.advance(1);
    expect(auth.sessions.peek()).toBeUndefined();
  });

  test("a token that is dead on arrival by the service's own clock is used by refresh_in", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => sessionToken({ lifetimeSeconds: -100 });
    await auth.start();
    await clock.advance(20 * minute);
    expect(github.count("session")).toBe(1);
    expect(auth.sessions.peek()).toBeDefined();
  });
});

describe("clocks that lie", () => {
  test("a service whose clock is hours away changes nothing", async () => {
    for (const skewMs of [-5 * 60 * minute, 5 * 60 * minute]) {
      const { auth, clock, github } = createHarness();
      const serverNowMs = clock.nowMs() + skewMs;
      github.session = () => sessionToken({ serverNowMs, expiresAtSeconds: serverNowMs / 1_000 + 1_800 });
      await auth.start();
      await clock.advance(25 * minute - 1);
      expect(github.count("session")).toBe(1);
      github.session = () => Promise.reject(failure("offline"));
      await clock.advance(5 * minute);
      expect(auth.sessions.peek()).toBeDefined();
      await clock.advance(1);
      expect(auth.sessions.peek()).toBeUndefined();
    }
  });

  test("waking from a sleep past the end exchanges at once for whoever asks", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    const before = auth.sessions.peek();
    clock.sleepMachine(60 * minute);
    expect(auth.sessions.peek()).toBeUndefined();
    expect(await auth.sessions.get(createTestCtx())).not.toBe(before);
    expect(github.count("session")).toBe(2);
  });

  test("waking from a sleep past refresh_in renews within 30 seconds, though nobody asks", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    clock.sleepMachine(25 * minute);
    await clock.advance(30_000);
    expect(github.count("session")).toBe(2);
  });

  test("a wall clock that is set back makes no token live longer", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    clock.setWallMs(clock.nowMs() - 24 * 60 * minute);
    await clock.advance(24 * minute - 1);
    expect(github.count("session")).toBe(1);
    await clock.advance(1);
    expect(github.count("session")).toBe(2);
  });

  test("a wall clock that is set forward costs one exchange and no more", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    clock.setWallMs(clock.nowMs() + 24 * 60 * minute);
    for (let request = 0; request < 10; request += 1) await auth.sessions.get(createTestCtx());
    await clock.advance(10 * minute);
    expect(github.count("session")).toBe(2);
  });

  test("a machine that slept while the answer was under way counts from the asking", async () => {
    const { auth, clock, github } = createHarness();
    let answer: (session: SessionToken) => void = () => undefined;
    github.session = () => new Promise((resolve) => (answer = resolve));
    await auth.start();
    await clock.advance(0);
    clock.sleepMachine(40 * minute);
    answer(sessionToken());
    await clock.advance(0);
    expect(auth.sessions.peek()).toBeUndefined();
  });
});

describe("one exchange for all", () => {
  test("fifty who ask at once share one exchange and its token", async () => {
    const { auth, github } = createHarness();
    const answers = await Promise.all(Array.from({ length: 50 }, async () => auth.sessions.get(createTestCtx())));
    expect(new Set(answers).size).toBe(1);
    expect(github.count("session")).toBe(1);
  });

  test("one who cancels leaves the exchange to the others, and gets exactly their reason", async () => {
    const { auth, clock, github } = createHarness();
    let answer: (session: SessionToken) => void = () => undefined;
    github.session = () => new Promise((resolve) => (answer = resolve));
    const leaver = createTestCtx();
    const left = rejection(auth.sessions.get(leaver));
    const stayed = auth.sessions.get(createTestCtx());
    await clock.advance(0);
    const reason = new Error("typed on");
    leaver.cancel(reason);
    expect(await left).toBe(reason);
    expect(github.calls[0]?.signal.aborted).toBe(false);
    const session = sessionToken();
    answer(session);
    expect(await stayed).toBe(session);
    expect(github.count("session")).toBe(1);
  });

  test("the last one to cancel does not stop it either: the next request will want the token", async () => {
    const { auth, clock, github } = createHarness();
    let answer: (session: SessionToken) => void = () => undefined;
    github.session = () => new Promise((resolve) => (answer = resolve));
    const leaver = createTestCtx();
    const left = rejection(auth.sessions.get(leaver));
    await clock.advance(0);
    leaver.cancel("gone");
    await left;
    const session = sessionToken();
    answer(session);
    await clock.advance(0);
    expect(auth.sessions.peek()).toBe(session);
    expect(github.count("session")).toBe(1);
  });

  test("an asker whose signal is aborted already asks nobody", async () => {
    const { auth, github } = createHarness();
    const ctx = createTestCtx();
    ctx.cancel("before");
    expect(await rejection(auth.sessions.get(ctx))).toBe("before");
    expect(github.count("session")).toBe(0);
  });

  test("a session that is due is served while the new one is under way", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    const old = auth.sessions.peek();
    github.session = ({ signal }) => hang(signal);
    await clock.advance(25 * minute);
    expect(github.count("session")).toBe(2);
    expect(await auth.sessions.get(createTestCtx())).toBe(old);
  });
});

describe("failing exchanges", () => {
  test("are tried again after 1, 2, 4 … 60 seconds", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => Promise.reject(failure("offline"));
    await auth.start();
    await clock.advance(4 * minute);
    const times = github.timesOf("session");
    const pauses = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1_000);
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test("are spread by up to a quarter", async () => {
    const { auth, clock, github } = createHarness({ random: () => 1 });
    github.session = () => Promise.reject(failure("offline"));
    await auth.start();
    await clock.advance(10_000);
    expect(github.timesOf("session")).toEqual([0, 1_250, 3_750, 8_750]);
  });

  test("obey Retry-After", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => Promise.reject(failure("limited", { retryAfterMs: 90_000 }));
    await auth.start();
    await clock.advance(89_999);
    expect(github.count("session")).toBe(1);
    await clock.advance(1);
    expect(github.count("session")).toBe(2);
  });

  test("are not the asker's problem while the old token is good, and end by themselves", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    const old = auth.sessions.peek();
    github.session = () => Promise.reject(failure("upstream-failed"));
    await clock.advance(24 * minute + 10_000);
    expect(github.count("session")).toBeGreaterThan(2);
    expect(await auth.sessions.get(createTestCtx())).toBe(old);
    expect(auth.trouble()).toBeUndefined();
    github.session = () => sessionToken();
    await clock.advance(minute);
    expect(auth.sessions.peek()).not.toBe(old);
  });

  test("a service failing all hour: the token is served to its last second and then the failure is said", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    github.session = () => Promise.reject(failure("upstream-failed"));
    await clock.advance(29 * minute - 1);
    expect(auth.sessions.peek()).toBeDefined();
    await clock.advance(1);
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "upstream-failed" });
    expect(auth.trouble()).toMatchObject({ code: "upstream-failed" });
  });

  test("askers in the pause get the remembered failure and how long it lasts, and cause no question", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => Promise.reject(failure("limited", { retryAfterMs: 20_000 }));
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "limited" });
    await clock.advance(5_000);
    for (let request = 0; request < 100; request += 1) {
      expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({
        code: "limited",
        retryAfterMs: 15_000,
      });
    }
    expect(github.count("session")).toBe(1);
  });

  test("a pause is over after a sleep", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => Promise.reject(failure("offline", { retryAfterMs: 10 * minute }));
    await rejection(auth.sessions.get(createTestCtx()));
    github.session = () => sessionToken();
    clock.sleepMachine(10 * minute);
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
  });

  test("a defect below is an internal failure and is tried again like any other", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () => {
      throw new TypeError("ghu_storedStoredStored01 is not a function");
    };
    const error = await rejection(auth.sessions.get(createTestCtx()));
    expect(error).toMatchObject({ code: "internal" });
    expect(String(error)).not.toContain("ghu_");
    github.session = () => sessionToken();
    await clock.advance(1_000);
    expect(auth.sessions.peek()).toBeDefined();
  });
});

describe("a session that the service refuses", () => {
  test("is dropped, and the next request exchanges at once", async () => {
    const { auth, github } = createHarness();
    const old = await auth.sessions.get(createTestCtx());
    auth.sessions.reject(old);
    expect(auth.sessions.peek()).toBeUndefined();
    const next = await auth.sessions.get(createTestCtx());
    expect(next).not.toBe(old);
    expect(github.count("session")).toBe(2);
  });

  test("refused by many at once costs one exchange", async () => {
    const { auth, github } = createHarness();
    const old = await auth.sessions.get(createTestCtx());
    const retries = Array.from({ length: 20 }, async () => {
      auth.sessions.reject(old);
      return auth.sessions.get(createTestCtx());
    });
    expect(new Set(await Promise.all(retries)).size).toBe(1);
    expect(github.count("session")).toBe(2);
    auth.sessions.reject(old);
    expect(auth.sessions.peek()).toBeDefined();
  });

  test("a service that refuses everything is asked for one token in five seconds", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(0);
    for (let tenth = 0; tenth < 100; tenth += 1) {
      const session = await auth.sessions.get(createTestCtx()).catch((error: unknown) => {
        expect(error).toMatchObject({ code: "upstream-rejected" });
      });
      if (session) auth.sessions.reject(session);
      await clock.advance(100);
    }
    // One from the start, then one for each window that was opened.
    expect(github.count("session")).toBe(1 + 2);
  });
});

describe("an account that GitHub refuses", () => {
  test("401 signs out, names the source, keeps the store, and is not asked again by requests", async () => {
    const { auth, clock, github, store } = createHarness();
    github.session = () => Promise.reject(failure("signed-out", { httpStatus: 401 }));
    await auth.start();
    await clock.advance(60 * minute);
    for (let request = 0; request < 20; request += 1) {
      expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
    }
    expect(github.count("session")).toBe(1);
    expect(auth.account.state()).toMatchObject({
      kind: "signed-out",
      message: expect.stringContaining("the stored sign-in of octocat"),
    });
    expect(await store.read("github.com")).toContain("octocat");
    expect(clock.pendingTimers()).toBe(0);
  });

  test("401 for the environment's token says which variable holds it", async () => {
    const { auth, clock, github } = createHarness({ environment: { GITHUB_COPILOT_TOKEN: "ghu_env" } });
    github.session = () => Promise.reject(failure("signed-out", { httpStatus: 401 }));
    await auth.start();
    await clock.advance(0);
    expect(auth.account.state()).toMatchObject({
      kind: "signed-out",
      message: expect.stringContaining("GITHUB_COPILOT_TOKEN"),
    });
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({
      message: expect.stringContaining("GITHUB_COPILOT_TOKEN"),
    });
  });

  test("a refusal during a renewal ends the old session too", async () => {
    const { auth, clock, github } = createHarness();
    await auth.start();
    await clock.advance(minute);
    github.session = () => Promise.reject(failure("signed-out"));
    await clock.advance(24 * minute);
    expect(auth.sessions.peek()).toBeUndefined();
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "signed-out" });
  });

  test("an explicit check asks again, and a good answer signs in", async () => {
    const { auth, github } = createHarness();
    github.session = () => Promise.reject(failure("signed-out"));
    await rejection(auth.sessions.get(createTestCtx()));
    expect(await auth.account.check(createTestCtx(), { localOnly: true })).toMatchObject({ kind: "signed-out" });
    expect(github.count("session")).toBe(1);
    github.session = () => sessionToken();
    expect(await auth.account.check(createTestCtx(), { localOnly: false })).toEqual({
      kind: "signed-in",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
    });
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
    expect(github.count("session")).toBe(2);
  });

  test("another token in the environment or the store is tried at once", async () => {
    const environment: Record<string, string | undefined> = { GH_COPILOT_TOKEN: "ghu_bad" };
    const { auth, github } = createHarness({ environment });
    github.session = ({ token }) =>
      token === "ghu_bad" ? Promise.reject(failure("signed-out")) : Promise.resolve(sessionToken());
    await rejection(auth.sessions.get(createTestCtx()));
    environment["GH_COPILOT_TOKEN"] = "ghu_good";
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
  });

  test("an account without Copilot is told in the service's words, and asked for again after five minutes", async () => {
    const { auth, clock, github } = createHarness();
    github.session = () =>
      Promise.reject(failure("not-authorized", { httpStatus: 403, url: "https://github.com/features/copilot" }));
    await rejection(auth.sessions.get(createTestCtx()));
    expect(auth.account.state()).toEqual({
      kind: "not-authorized",
      source: "store",
      place: { kind: "file" },
      user: "octocat",
      message: "made up: not-authorized",
      url: "https://github.com/features/copilot",
    });
    await clock.advance(5 * minute - 1);
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({
      code: "not-authorized",
      url: "https://github.com/features/copilot",
    });
    expect(github.count("session")).toBe(1);
    github.session = () => sessionToken();
    await clock.advance(1);
    expect(await auth.sessions.get(createTestCtx())).toBeDefined();
    expect(auth.account.state()).toMatchObject({ kind: "signed-in" });
  });

  test("a token of the gh command line is called one when it is refused", async () => {
    const { auth, github } = createHarness({ environment: { GH_COPILOT_TOKEN: "gho_fromTheGhCommand" } });
    github.session = () => Promise.reject(failure("not-authorized", { httpStatus: 404 }));
    const error = await rejection(auth.sessions.get(createTestCtx()));
    expect(error).toMatchObject({ advice: expect.stringMatching(/gho_.*gh command line.*GH_COPILOT_TOKEN/) });
  });
});

describe("close", () => {
  test("ends the exchange under way, says so to those who wait, and leaves no timer", async () => {
    const { auth, clock, github } = createHarness();
    github.session = ({ signal }) => hang(signal);
    await auth.start();
    const waiting = rejection(auth.sessions.get(createTestCtx()));
    await clock.advance(0);
    await auth.close();
    expect(await waiting).toMatchObject({ code: "closing" });
    expect(github.calls[0]?.signal.aborted).toBe(true);
    expect(clock.pendingTimers()).toBe(0);
    expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "closing" });
    await auth.close();
  });

  test("leaves no timer behind a session in hand, nor behind a failure", async () => {
    for (const answer of [() => sessionToken(), () => Promise.reject(failure("offline"))]) {
      const { auth, clock, github } = createHarness();
      github.session = answer;
      await auth.start();
      await clock.advance(minute);
      expect(clock.pendingTimers()).toBeGreaterThan(0);
      await auth.close();
      expect(clock.pendingTimers()).toBe(0);
    }
  });
});
