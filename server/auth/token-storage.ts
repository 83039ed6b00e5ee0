// Where the tokens of sign-ins are kept: in a file of the store, or in the system's keychain with a file that says so. The
// keychain is tried at a sign-in only, its place is recorded, and what is recorded is never silently something else.

import { randomUUID } from "node:crypto";
import type { Clock, Log } from "../../shared/context.ts";
import { CopilotError, describeError, errorCodeOf } from "../../shared/errors.ts";
import type { TokenPlace } from "../../shared/status.ts";
import { orAfter } from "../runtime/cancel.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { Secret } from "../runtime/secret.ts";
import { couldBeToken, formatKeychainSignIn, formatSignIn, parseSignIn, type StoredSignIn } from "./stored-sign-in.ts";
import { elapsedMs, now, type Timestamp } from "./timestamp.ts";
import type { Keychain, SecretStore, StorageChoice } from "./types.ts";

export interface FoundSignIn {
  readonly token: Secret;
  readonly user: string | undefined;
  readonly place: TokenPlace | undefined;
}

export interface TokenStorage {
  pathOf(key: string): string;
  /**
   * The sign-in under `key`. A keychain that refused is not asked again for a while, unless `retry`. Rejects with
   * `signed-out`, `keychain-locked` (also while a prompt is open) and `keychain-unavailable`.
   */
  find(key: string, options: { readonly retry: boolean }): Promise<FoundSignIn | undefined>;
  /** Rejects with `sign-in-failed`, and with the keychain's codes where nothing else may be used. */
  save(key: string, signIn: { readonly token: Secret; readonly user: string | undefined }): Promise<TokenPlace>;
  /** Whether `save` could work. Rejects as it would. */
  assertWritable(key: string): Promise<void>;
  /** Puts the token that `find` finds into the place that `choice` names, and takes it away from where it was. */
  move(key: string, choice: StorageChoice): Promise<{ readonly from: TokenPlace; readonly to: TokenPlace }>;
  /** Forgets one sign-in. Rejects as `eraseAll`. */
  erase(key: string): Promise<void>;
  /** Rejects with the keychain's codes when a token may be left in it; its file is left, too, so that it is not lost. */
  eraseAll(): Promise<void>;
  /** Called when `find` may have another answer. Returns the way to stop. */
  watch(listener: () => void): () => void;
}

export interface KeychainLimits {
  /** Longest wait of a request for the keychain. It may go on being asked behind that. */
  readonly patienceMs: number;
  /** Longest time for one operation at a sign-in. */
  readonly signInMs: number;
}

interface KeptToken {
  readonly token: Secret;
  readonly tookMs: number;
}

interface Reading {
  readonly version: string;
  readonly settled: Promise<void>;
  outcome?:
    | { readonly kind: "value"; readonly token: Secret; readonly tookMs: number }
    | { readonly kind: "failed"; readonly error: CopilotError; readonly at: Timestamp };
}

/** A prompt may be open, and a person looks for a password. */
const readLimitMs = 60_000;
/** A prompt that was dismissed is not shown again at the next key. */
const lockedPauseMs = 15 * 60_000;
const unavailablePauseMs = 30_000;

export function createTokenStorage(
  deps: {
    readonly clock: Clock;
    readonly log: Log;
    readonly store: SecretStore;
    /** Loaded when it is first needed. Undefined: there is none, as in a demo. */
    readonly loadKeychain: (() => Promise<Keychain>) | undefined;
    readonly limits: KeychainLimits;
  },
  choice: () => StorageChoice,
): TokenStorage {
  const { clock, log, store, limits } = deps;
  const changes = createEmitter<void>((error) => log.error("a listener failed", { error: describeError(error) }));
  const readings = new Map<string, Reading>();

  let keychain: Promise<Keychain> | undefined;
  const openKeychain = async (): Promise<Keychain> => {
    if (deps.loadKeychain) return (keychain ??= deps.loadKeychain());
    throw new CopilotError("keychain-unavailable", "No keychain is used here.");
  };

  const recordOf = async (key: string): Promise<StoredSignIn | undefined> => {
    const text = await store.read(key);
    if (text === undefined) return undefined;
    const record = parseSignIn(key, text);
    if (record) return record;
    throw new CopilotError("signed-out", `${store.pathOf(key)} holds no sign-in to ${key}.`, {
      advice: "Sign in again; that replaces it.",
    });
  };

  const checkedRead = async (keychain: Keychain, key: string, limitMs: number): Promise<Secret> => {
    const token = await keychain.read(key, limitMs);
    if (token && couldBeToken(token.reveal())) return token;
    const what = token ? "something that is no token" : "no token";
    throw new CopilotError("signed-out", `The ${keychain.name} has ${what} for ${key}.`, {
      advice: "Sign in again; that replaces it.",
    });
  };

  const startReading = (key: string, version: string): Reading => {
    let isLate = false;
    const read = async (): Promise<void> => {
      try {
        const keychain = await openKeychain();
        const began = now(clock);
        const token = await checkedRead(keychain, key, readLimitMs);
        reading.outcome = { kind: "value", token, tookMs: elapsedMs(clock, began) };
      } catch (cause) {
        const error =
          cause instanceof CopilotError
            ? cause
            : new CopilotError("keychain-unavailable", `The keychain could not be asked: ${describeError(cause)}`);
        // Whoever asks for the account is told.
        log.info("the token could not be read from the keychain", { code: error.code });
        reading.outcome = { kind: "failed", error, at: now(clock) };
      }
      if (isLate && readings.get(key) === reading) changes.emit();
    };
    const reading: Reading = { version, settled: Promise.resolve().then(read) };
    readings.set(key, reading);
    const timer = clock.after(limits.patienceMs, () => (isLate = true));
    void reading.settled.then(() => timer.cancel());
    return reading;
  };

  const isWorthRetrying = ({ outcome }: Reading): boolean => {
    if (outcome?.kind !== "failed") return false;
    const pauseMs = outcome.error.code === "keychain-unavailable" ? unavailablePauseMs : lockedPauseMs;
    return elapsedMs(clock, outcome.at) >= pauseMs;
  };

  const readFromKeychain = async (key: string, version: string, retry: boolean): Promise<KeptToken> => {
    const known = readings.get(key);
    const isStale = known?.version !== version || (retry && known.outcome?.kind === "failed") || isWorthRetrying(known);
    const reading = isStale ? startReading(key, version) : known;
    if (!reading.outcome) await orAfter(clock, limits.patienceMs, reading.settled, undefined);
    const { outcome } = reading;
    if (outcome?.kind === "value") return outcome;
    if (outcome) throw outcome.error;
    throw new CopilotError(
      "keychain-locked",
      "The keychain has not answered yet; it may be asking for your password.",
      {
        advice: "Answer its prompt.",
      },
    );
  };

  const find: TokenStorage["find"] = async (key, { retry }) => {
    const record = await recordOf(key);
    if (!record) return undefined;
    const { user } = record;
    if (record.kind === "file") return { token: record.token, user, place: placeOf(record.keychainMissed) };
    const { token, tookMs } = await readFromKeychain(key, record.version, retry);
    const { name } = await openKeychain();
    return { token, user, place: { kind: "keychain", name, answeredMs: Math.round(tookMs) } };
  };

  const saveInKeychain = async (key: string, token: Secret, user: string | undefined): Promise<TokenPlace> => {
    // A token without a file that says where it is would never be found again.
    await store.assertWritable(key);
    const keychain = await openKeychain();
    const version = randomUUID();
    try {
      await keychain.write(key, token, limits.signInMs);
      const began = now(clock);
      if (!(await checkedRead(keychain, key, limits.signInMs)).equals(token)) {
        throw new CopilotError("keychain-unavailable", `The ${keychain.name} gave back another value.`);
      }
      const tookMs = elapsedMs(clock, began);
      await store.write(key, formatKeychainSignIn(key, user, version));
      readings.set(key, { version, settled: Promise.resolve(), outcome: { kind: "value", token, tookMs } });
    } catch (error) {
      // It may be there, however the writing ended.
      await keychain
        .erase(key, limits.signInMs)
        .catch((left: unknown) => log.debug("the keychain was not cleaned up", { code: errorCodeOf(left) }));
      throw error;
    }
    return { kind: "keychain", name: keychain.name };
  };

  const saveInFile = async (
    key: string,
    { token, user, keychainMissed }: Parameters<typeof formatSignIn>[1],
  ): Promise<TokenPlace> => {
    await store.write(key, formatSignIn(key, { token, user, keychainMissed }));
    readings.delete(key);
    return placeOf(keychainMissed);
  };

  const eraseFromKeychain = async (key: string): Promise<void> => {
    const keychain = await openKeychain();
    await keychain.erase(key, limits.signInMs);
    readings.delete(key);
  };

  /** The recorded place; what cannot be understood is to be replaced. */
  const kindOf = async (key: string): Promise<StoredSignIn["kind"] | undefined> =>
    (await recordOf(key).catch(() => undefined))?.kind;

  return {
    pathOf: store.pathOf,
    find,
    async save(key, { token, user }) {
      const before = await kindOf(key);
      let keychainMissed: string | undefined;
      if (choice() !== "file" && (deps.loadKeychain || choice() === "keychain")) {
        try {
          return await saveInKeychain(key, token, user);
        } catch (error) {
          if (choice() === "keychain" || errorCodeOf(error) === "sign-in-failed") throw error;
          keychainMissed = error instanceof CopilotError ? error.message : describeError(error);
          log.info("the token is kept in a file, because no keychain takes it", { code: errorCodeOf(error) });
        }
      }
      const place = await saveInFile(key, { token, user, keychainMissed });
      if (before === "keychain") {
        await eraseFromKeychain(key).catch((error: unknown) =>
          log.warn("the former token may still be in the keychain", { code: errorCodeOf(error) }),
        );
      }
      return place;
    },
    async assertWritable(key) {
      await store.assertWritable(key);
      if (choice() !== "keychain") return;
      const keychain = await openKeychain();
      // Reading asks for the unlocking and tells whether it answers, without changing anything.
      await keychain.read(key, limits.signInMs);
    },
    async move(key, wanted) {
      const found = await find(key, { retry: true });
      if (!found) throw new CopilotError("signed-out", `There is no stored sign-in to ${key}.`);
      const from = found.place ?? { kind: "file" };
      const { token, user } = found;
      if (wanted === from.kind) return { from, to: from };
      // Writing replaces the file that held the token.
      if (wanted !== "file") return { from, to: await saveInKeychain(key, token, user) };
      const to = await saveInFile(key, { token, user });
      await eraseFromKeychain(key);
      return { from, to };
    },
    async erase(key) {
      if ((await kindOf(key)) === "keychain") await eraseFromKeychain(key);
      await store.erase(key);
    },
    async eraseAll() {
      for (const key of await store.keys()) {
        if ((await kindOf(key)) === "keychain") await eraseFromKeychain(key);
      }
      await store.eraseAll();
    },
    watch(listener) {
      const stops = [store.watch(listener), changes.on(() => listener())];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

const placeOf = (keychainMissed: string | undefined): TokenPlace => ({
  kind: "file",
  ...(keychainMissed !== undefined && { keychainMissed }),
});
