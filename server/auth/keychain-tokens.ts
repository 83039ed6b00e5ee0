// The tokens that are in the system's keychain: read once for all that ask, waited for no longer than a request may wait, and
// not asked for again at each key after the keychain has refused one.

import type { Clock, Log } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { orAfter } from "../runtime/cancel.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { Secret } from "../runtime/secret.ts";
import { couldBeToken } from "./stored-sign-in.ts";
import { elapsedMs, now, type Timestamp } from "./timestamp.ts";
import type { Keychain } from "./types.ts";

/** Rejects with the keychain's codes. */
export interface KeychainTokens {
  /** What it is called on this system. */
  name(): Promise<string>;
  /**
   * The token under `key`, which was written as `version`. Rejects with `signed-out` where there is none, and with
   * `keychain-locked` while a prompt is open. `retry`: asks again where it has refused.
   */
  read(key: string, version: string, retry: boolean): Promise<KeptToken>;
  /** Writes it and reads it back. */
  write(key: string, token: Secret, version: string): Promise<void>;
  erase(key: string): Promise<void>;
  /** What was read under `key` is not to be used any more. */
  forget(key: string): void;
  /** Asks for the unlocking and whether it answers, without changing anything. */
  assertAnswering(key: string): Promise<void>;
  /** Called when `read` has come to an end that nobody waited for. Returns the way to stop. */
  onChange(listener: () => void): () => void;
}

export interface KeptToken {
  readonly token: Secret;
  readonly tookMs: number;
}

export interface KeychainLimits {
  /** Longest wait of a request for the keychain. It may go on being asked behind that. */
  readonly patienceMs: number;
  /** Longest time for one operation at a sign-in. */
  readonly signInMs: number;
}

export interface KeychainDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Loaded when it is first needed. Undefined: there is none, as in a demo. */
  readonly loadKeychain: (() => Promise<Keychain>) | undefined;
  readonly limits: KeychainLimits;
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

export function createKeychainTokens({ clock, log, loadKeychain, limits }: KeychainDeps): KeychainTokens {
  const changes = createEmitter<void>(log);
  const readings = new Map<string, Reading>();

  let keychain: Promise<Keychain> | undefined;
  const open = async (): Promise<Keychain> => {
    if (loadKeychain) return (keychain ??= loadKeychain());
    throw new CopilotError("keychain-unavailable", "No keychain is used here.");
  };

  const checkedRead = async (asked: Keychain, key: string, limitMs: number): Promise<Secret> => {
    const token = await asked.read(key, limitMs);
    if (token && couldBeToken(token.reveal())) return token;
    const what = token ? "something that is no token" : "no token";
    throw new CopilotError("signed-out", `The ${asked.name} has ${what} for ${key}.`, {
      advice: "Sign in again; that replaces it.",
    });
  };

  const startReading = (key: string, version: string): Reading => {
    let isLate = false;
    const read = async (): Promise<void> => {
      try {
        const asked = await open();
        const began = now(clock);
        const token = await checkedRead(asked, key, readLimitMs);
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

  return {
    name: async () => (await open()).name,
    async read(key, version, retry) {
      const known = readings.get(key);
      const isStale =
        known?.version !== version || (retry && known.outcome?.kind === "failed") || isWorthRetrying(known);
      const reading = isStale ? startReading(key, version) : known;
      if (!reading.outcome) await orAfter(clock, limits.patienceMs, reading.settled, undefined);
      const { outcome } = reading;
      if (outcome?.kind === "value") return outcome;
      if (outcome) throw outcome.error;
      const words = "The keychain has not answered yet; it may be asking for your password.";
      throw new CopilotError("keychain-locked", words, { advice: "Answer its prompt." });
    },
    async write(key, token, version) {
      const asked = await open();
      await asked.write(key, token, limits.signInMs);
      const began = now(clock);
      if (!(await checkedRead(asked, key, limits.signInMs)).equals(token)) {
        throw new CopilotError("keychain-unavailable", `The ${asked.name} gave back another value.`);
      }
      const tookMs = elapsedMs(clock, began);
      readings.set(key, { version, settled: Promise.resolve(), outcome: { kind: "value", token, tookMs } });
    },
    async erase(key) {
      await (await open()).erase(key, limits.signInMs);
      readings.delete(key);
    },
    forget: (key) => void readings.delete(key),
    assertAnswering: async (key) => void (await (await open()).read(key, limits.signInMs)),
    onChange: (listener) => changes.on(() => listener()),
  };
}
