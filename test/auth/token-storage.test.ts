// Where a token is kept, with a keychain that the test answers for: what is tried when, what is said, and how often a
// person is asked.

import { describe, expect, test } from "vitest";
import { formatKeychainSignIn } from "../../server/auth/stored-sign-in.ts";
import type { Keychain } from "../../server/auth/types.ts";
import { Secret } from "../../server/runtime/secret.ts";
import { createTestCtx } from "../support/test-ctx.ts";
import { failure } from "./support/fake-github.ts";
import { createHarness, type HarnessOptions, rejection } from "./support/harness.ts";

const minute = 60_000;
const newToken = "ghu_newNewNew";
const inKeychain = { "github.com": formatKeychainSignIn("github.com", "octocat", "1") };

interface FakeKeychain extends Keychain {
  readonly entries: Map<string, string>;
  readonly calls: string[];
  /** What happens before a read or a write is done. */
  before: (operation: string) => Promise<void>;
}

function createFakeKeychain(entries: Readonly<Record<string, string>> = {}): FakeKeychain {
  const fake: FakeKeychain = {
    name: "Secret Service",
    entries: new Map(Object.entries(entries)),
    calls: [],
    before: async () => undefined,
    async read(account) {
      fake.calls.push("read");
      await fake.before("read");
      const text = fake.entries.get(account);
      return text === undefined ? undefined : new Secret(text);
    },
    async write(account, secret) {
      fake.calls.push("write");
      await fake.before("write");
      fake.entries.set(account, secret.reveal());
    },
    async erase(account) {
      fake.calls.push("erase");
      fake.entries.delete(account);
    },
  };
  return fake;
}

function withKeychain(keychain: Keychain, options: HarnessOptions = {}) {
  return createHarness({ stored: {}, loadKeychain: async () => keychain, ...options });
}

async function signIn({ auth, clock, github }: ReturnType<typeof createHarness>): Promise<void> {
  github.poll = () => ({ kind: "token", token: new Secret(newToken) });
  await auth.account.signIn(createTestCtx(), { force: true });
  const finished = auth.account.finishSignIn(createTestCtx());
  await clock.advance(5_000);
  await finished;
}

describe("a sign-in", () => {
  test("keeps the token in the keychain, and in the file that it is there", async () => {
    const keychain = createFakeKeychain();
    const harness = withKeychain(keychain);
    await signIn(harness);
    expect(keychain.entries.get("github.com")).toBe(newToken);
    expect(await harness.store.read("github.com")).not.toContain(newToken);
    expect(harness.auth.account.state()).toMatchObject({ place: { kind: "keychain", name: "Secret Service" } });
  });

  test.each([
    ["refuses", () => Promise.reject(failure("keychain-locked"))],
    ["gives back something else", undefined],
  ])("goes to a file when the keychain %s, says why, and leaves nothing in the keychain", async (_, refuse) => {
    const keychain = createFakeKeychain();
    if (refuse) keychain.before = refuse;
    else keychain.read = async () => new Secret("ghu_other");
    const harness = withKeychain(keychain);
    await signIn(harness);
    expect(keychain.entries.size).toBe(0);
    expect(await harness.store.read("github.com")).toContain(newToken);
    expect(harness.auth.account.state()).toMatchObject({
      kind: "signed-in",
      place: { kind: "file", keychainMissed: expect.any(String) },
    });
  });

  test("fails where nothing but the keychain may have the token, before a code is entered for nothing", async () => {
    const keychain = createFakeKeychain();
    keychain.before = () => Promise.reject(failure("keychain-unavailable"));
    const { auth, github, store } = withKeychain(keychain, { storage: "keychain" });
    expect(await rejection(auth.account.signIn(createTestCtx()))).toMatchObject({ code: "keychain-unavailable" });
    expect(github.count("device-code")).toBe(0);
    expect(await store.keys()).toEqual([]);
  });

  test("does not touch a keychain where the setting says file, and takes the former token out of it", async () => {
    const keychain = createFakeKeychain({ "github.com": "ghu_former" });
    const harness = withKeychain(keychain, { storage: "file", stored: inKeychain });
    await signIn(harness);
    expect(keychain.calls).not.toContain("write");
    expect(keychain.entries.size).toBe(0);
    expect(harness.auth.account.state()).toMatchObject({ place: { kind: "file" } });
  });
});

describe("a token in the keychain", () => {
  test("is read once, however many ask", async () => {
    const keychain = createFakeKeychain({ "github.com": newToken });
    const { auth } = withKeychain(keychain, { stored: inKeychain });
    await Promise.all(Array.from({ length: 20 }, () => auth.sessions.get(createTestCtx())));
    await auth.account.check(createTestCtx(), { localOnly: true });
    expect(keychain.calls).toEqual(["read"]);
    expect(auth.account.state()).toMatchObject({ place: { kind: "keychain", answeredMs: 0 } });
  });

  test("that is locked is said with its reason, and asked for again after a quarter of an hour or by a person", async () => {
    const keychain = createFakeKeychain({ "github.com": newToken });
    keychain.before = () => Promise.reject(failure("keychain-locked"));
    const { auth, clock, github, store } = withKeychain(keychain, { stored: inKeychain });
    for (let request = 0; request < 20; request += 1) {
      expect(await rejection(auth.sessions.get(createTestCtx()))).toMatchObject({ code: "keychain-locked" });
      await clock.advance(40_000);
    }
    expect(keychain.calls).toEqual(["read"]);
    expect(auth.account.state()).toMatchObject({ kind: "signed-out", reason: "keychain-locked" });
    await clock.advance(2 * minute);
    await rejection(auth.sessions.get(createTestCtx()));
    expect(keychain.calls).toEqual(["read", "read"]);
    expect(github.calls).toEqual([]);
    expect(await store.read("github.com")).toBe(inKeychain["github.com"]);
    keychain.before = async () => undefined;
    expect(await auth.account.check(createTestCtx(), { localOnly: false })).toMatchObject({ kind: "signed-in" });
    expect(keychain.calls).toEqual(["read", "read", "read"]);
  });

  test("that comes late holds no request up for long, and is used when it comes", async () => {
    const keychain = createFakeKeychain({ "github.com": newToken });
    let answer: () => void = () => undefined;
    keychain.before = () => new Promise((resolve) => (answer = resolve));
    const { auth, clock } = withKeychain(keychain, { stored: inKeychain });
    const starting = auth.start();
    const waiting = rejection(auth.sessions.get(createTestCtx()));
    await clock.advance(3_000);
    await starting;
    expect(await waiting).toMatchObject({ code: "keychain-locked", message: expect.stringContaining("password") });
    answer();
    await clock.advance(0);
    expect(auth.account.state()).toMatchObject({ kind: "signed-in" });
    expect(auth.sessions.peek()).toBeDefined();
    expect(keychain.calls).toEqual(["read"]);
  });

  const odd: readonly Readonly<Record<string, string>>[] = [{}, { "github.com": "two words" }];
  test.each(odd)("that is %o is said, never sent, and not overwritten", async (entries) => {
    const keychain = createFakeKeychain(entries);
    const { auth, github } = withKeychain(keychain, { stored: inKeychain });
    const error = await rejection(auth.sessions.get(createTestCtx()));
    expect(error).toMatchObject({ code: "signed-out", message: expect.stringContaining("Secret Service") });
    expect(String(error)).not.toContain("two words");
    expect(github.calls).toEqual([]);
    expect(Object.fromEntries(keychain.entries)).toEqual(entries);
  });

  test("is left, and its file with it, when a sign-out cannot reach it", async () => {
    const keychain = createFakeKeychain({ "github.com": newToken });
    keychain.erase = () => Promise.reject(failure("keychain-locked"));
    const { auth, store } = withKeychain(keychain, { stored: inKeychain });
    expect(await rejection(auth.account.signOut(createTestCtx()))).toMatchObject({ code: "keychain-locked" });
    expect(await store.keys()).toEqual(["github.com"]);
  });
});
