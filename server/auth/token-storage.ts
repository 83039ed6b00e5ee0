// Where the tokens of sign-ins are kept: in a file of the store, or in the system's keychain with a file that says so. The
// keychain is tried at a sign-in only, its place is recorded, and what is recorded is never silently something else.

import { randomUUID } from "node:crypto";
import type { Log } from "../../shared/context.ts";
import { CopilotError, describeError, errorCodeOf } from "../../shared/errors.ts";
import type { TokenPlace } from "../../shared/status.ts";
import type { Secret } from "../runtime/secret.ts";
import { createKeychainTokens, type KeychainDeps } from "./keychain-tokens.ts";
import {
  couldBeToken,
  formatKeychainSignIn,
  formatSignIn,
  isSignIn,
  parseSignIn,
  serviceKeyName,
  type StoredSignIn,
} from "./stored-sign-in.ts";
import type { SecretStore, ServiceKeys, StorageChoice } from "./types.ts";

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
  /** Where the token is kept; `file`, too, of what cannot be understood. Undefined: there is no sign-in. */
  kindOf(key: string): Promise<TokenPlace["kind"] | undefined>;
  /** Forgets one sign-in. Rejects as `eraseAll`. */
  erase(key: string): Promise<void>;
  /**
   * Forgets all sign-ins. Rejects with the keychain's codes when a token may be left in it; its file is left, too, so that it
   * is not lost.
   */
  eraseAll(): Promise<void>;
  /** Called when `find` may have another answer. Returns the way to stop. */
  watch(listener: () => void): () => void;
}

export function createTokenStorage(
  deps: KeychainDeps & { readonly log: Log; readonly store: SecretStore },
  choice: () => StorageChoice,
): TokenStorage {
  const { log, store } = deps;
  const keychain = createKeychainTokens(deps);

  const recordOf = async (key: string): Promise<StoredSignIn | undefined> => {
    const text = await store.read(key);
    if (text === undefined) return undefined;
    const record = parseSignIn(key, text);
    if (record) return record;
    throw new CopilotError("signed-out", `${store.pathOf(key)} holds no sign-in to ${key}.`, {
      advice: "Sign in again; that replaces it.",
    });
  };

  const find: TokenStorage["find"] = async (key, { retry }) => {
    const record = await recordOf(key);
    if (!record) return undefined;
    const { user } = record;
    if (record.kind === "file") return { token: record.token, user, place: placeOf(record.keychainMissed) };
    const { token, tookMs } = await keychain.read(key, record.version, retry);
    return { token, user, place: { kind: "keychain", name: await keychain.name(), answeredMs: Math.round(tookMs) } };
  };

  const saveInKeychain = async (key: string, token: Secret, user: string | undefined): Promise<TokenPlace> => {
    // A token without a file that says where it is would never be found again.
    await store.assertWritable(key);
    const version = randomUUID();
    try {
      await keychain.write(key, token, version);
      await store.write(key, formatKeychainSignIn(key, user, version));
    } catch (error) {
      // It may be there, however the writing ended.
      await keychain
        .erase(key)
        .catch((left: unknown) => log.debug("the keychain was not cleaned up", { code: errorCodeOf(left) }));
      throw error;
    }
    return { kind: "keychain", name: await keychain.name() };
  };

  const saveInFile = async (
    key: string,
    { token, user, keychainMissed }: Parameters<typeof formatSignIn>[1],
  ): Promise<TokenPlace> => {
    await store.write(key, formatSignIn(key, { token, user, keychainMissed }));
    keychain.forget(key);
    return placeOf(keychainMissed);
  };

  const kindOf: TokenStorage["kindOf"] = async (key) => {
    const record = await recordOf(key).catch(() => ({ kind: "file" }) as const);
    return record?.kind;
  };

  return {
    pathOf: store.pathOf,
    find,
    kindOf,
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
        await keychain
          .erase(key)
          .catch((error: unknown) =>
            log.warn("the former token may still be in the keychain", { code: errorCodeOf(error) }),
          );
      }
      return place;
    },
    async assertWritable(key) {
      await store.assertWritable(key);
      if (choice() !== "keychain") return;
      await keychain.assertAnswering(key);
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
      await keychain.erase(key);
      return { from, to };
    },
    async erase(key) {
      if ((await kindOf(key)) === "keychain") await keychain.erase(key);
      await store.erase(key);
    },
    async eraseAll() {
      for (const key of (await store.keys()).filter(isSignIn)) {
        if ((await kindOf(key)) === "keychain") await keychain.erase(key);
      }
      await store.eraseAll(isSignIn);
    },
    watch(listener) {
      const stops = [store.watch(listener), keychain.onChange(listener)];
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

/** Keys of services in Copilot's place are kept as sign-ins are, one for each origin. */
export function createServiceKeys(storage: TokenStorage): ServiceKeys {
  return {
    async read(origin) {
      const found = await storage.find(serviceKeyName(origin), { retry: false });
      return found?.token;
    },
    async store(origin, key) {
      if (!couldBeToken(key.reveal())) {
        throw new CopilotError(
          "sign-in-failed",
          "That is no key: it has characters that no request can carry, or too many.",
        );
      }
      return storage.save(serviceKeyName(origin), { token: key, user: undefined });
    },
    async forget(origin) {
      const name = serviceKeyName(origin);
      const kind = await storage.kindOf(name);
      await storage.erase(name);
      return kind;
    },
  };
}
