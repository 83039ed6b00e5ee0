// An auth on a clock that the test moves, a store in memory and a GitHub that answers as told.

import { afterEach } from "vitest";
import { type AuthDeps, createAuth } from "../../../server/auth/auth.ts";
import { formatSignIn, storeKey } from "../../../server/auth/stored-sign-in.ts";
import type { Auth, SecretStore, StorageChoice } from "../../../server/auth/types.ts";
import { createMemorySecretStore } from "../../../server/config/memory-secret-store.ts";
import { Secret } from "../../../server/runtime/secret.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { createRecordingLog, type RecordingLog } from "../../support/test-ctx.ts";
import { createFakeGitHub, type FakeGitHub } from "./fake-github.ts";

export const storedToken = "ghu_storedStoredStored01";

const cleanups: (() => Promise<void> | void)[] = [];

/** Runs after the test, last registered first. */
export function later(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

export interface Harness {
  readonly auth: Auth;
  readonly clock: ManualClock;
  readonly github: FakeGitHub;
  readonly store: SecretStore;
  readonly log: RecordingLog;
}

export interface HarnessOptions extends Partial<Omit<AuthDeps, "github" | "clock">> {
  /** Default: a sign-in of `octocat` to github.com. */
  readonly stored?: Readonly<Record<string, string>>;
  readonly clock?: ManualClock;
  readonly storage?: StorageChoice;
}

export function signInOf(token: string, user: string | undefined, serverUrl = "https://github.com") {
  const key = storeKey(serverUrl);
  return { [key]: formatSignIn(key, { token: new Secret(token), user }) };
}

export function createHarness(options: HarnessOptions = {}): Harness {
  const { storage = "auto", stored = signInOf(storedToken, "octocat"), clock = createManualClock(), ...deps } = options;
  const github = createFakeGitHub(clock);
  const log = createRecordingLog();
  const store = options.store ?? createMemorySecretStore(stored);
  const auth = createAuth(
    {
      clock,
      log,
      github,
      store,
      storeSource: "store",
      loadKeychain: undefined,
      account: undefined,
      keychainLimits: { patienceMs: 1_500, signInMs: 5_000 },
      environment: {},
      random: () => 0,
      places: {
        homeFolder: "/home/nobody",
        platform: "linux",
        readFile: () => Promise.reject(new Error("no such file")),
      },
      ...deps,
    },
    () => ({ clientId: "Iv1.0123456789abcdef", storage }),
  );
  later(() => auth.close());
  return { auth, clock, github, store, log };
}

/** What `outcome`, a promise or a value, rejects with. */
export async function rejection(outcome: unknown): Promise<unknown> {
  try {
    await outcome;
  } catch (error) {
    return error;
  }
  throw new Error("it did not reject");
}
