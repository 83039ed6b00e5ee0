// Which GitHub token is in use, and what GitHub said of it. Knows where tokens come from; asks nobody over the network.

import type { Account } from "../../shared/account.ts";
import type { Clock, Log } from "../../shared/context.ts";
import { type CopilotError, describeError } from "../../shared/errors.ts";
import type { AccountState } from "../../shared/status.ts";
import { createEmitter } from "../runtime/emitter.ts";
import type { Secret } from "../runtime/secret.ts";
import { elapsedMs, type Timestamp, now } from "./timestamp.ts";
import { copilotRefused, notSignedIn, tokenRefused } from "./refusal.ts";
import { signInKey, storeKey } from "./stored-sign-in.ts";
import { type Credential, type Environment, findToken, tokenVariable } from "./token-sources.ts";
import type { StorageChoice } from "./types.ts";
import type { TokenStorage } from "./token-storage.ts";

export interface CredentialHolder {
  /** What the last look found, while its server is the one that is configured. A refused token is still in use. */
  current(): Credential | undefined;
  /**
   * The token in use, if nothing speaks against it; looks again when there is none or it is refused. Rejects with
   * `signed-out`, `not-authorized`, `bad-request`.
   */
  usable(): Promise<Credential>;
  /** Whether `credential` is the one in use and belongs to the server that is configured now. */
  holds(credential: Credential): boolean;
  state(): AccountState;
  /** Why the last look found no token, or why the one in use is refused. */
  obstacle(): CopilotError | undefined;
  /**
   * Looks for a token again; whatever is remembered stays as long as the token is the same. `retryKeychain`: a person
   * wants to know, so that a keychain which refused is asked again. Never rejects.
   */
  look(options?: { readonly retryKeychain: boolean }): Promise<void>;
  /** GitHub refused it: remembered until the token changes or is accepted; `not-authorized` for five minutes. */
  refuse(credential: Credential, error: CopilotError): void;
  accept(credential: Credential): void;
  /** GitHub said whose it is. */
  name(credential: Credential, user: string): void;
  /** Stores it for every process and puts it in use, before any token of the environment. Rejects with `sign-in-failed`. */
  save(token: Secret, user: string | undefined): Promise<Credential>;
  /** Rejects with `sign-in-failed` when `save` could not store anything. */
  assertStorable(): Promise<void>;
  /**
   * Erases the account's sign-in, without a name every one; a token in the environment is not used by this process any
   * more. Rejects with `internal`.
   */
  forget(): ReturnType<Account["signOut"]>;
  /** Moves the stored token. Rejects as `Auth.moveTo`. */
  moveTo(choice: StorageChoice): ReturnType<TokenStorage["move"]>;
  /** Called when another token, or none, has come into use. */
  onReplaced(listener: (credential: Credential | undefined) => void): () => void;
  /** Called when `state` has changed. */
  onChange(listener: (state: AccountState) => void): () => void;
}

interface Refusal {
  readonly error: CopilotError;
  readonly at: Timestamp;
}

/** After this, an account without Copilot is worth another question: a seat may have been given meanwhile. */
const notAuthorizedMs = 5 * 60_000;

export function createCredentialHolder(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly environment: Environment;
  readonly storage: TokenStorage;
  readonly storeSource: "store" | "demo";
  /** Name of the account that is bound to the folder; undefined: the one without a name. */
  readonly account: string | undefined;
  readonly serverUrl: () => string;
}): CredentialHolder {
  const { clock, log, environment, storage, account, serverUrl } = deps;
  const replaced = createEmitter<Credential | undefined>(log);
  const changed = createEmitter<AccountState>(log);

  // Undefined until the first look.
  let lookedAt: string | undefined;
  let held: Credential | undefined;
  let refusal: Refusal | undefined;
  let missing: CopilotError | undefined;
  // A sign-in or sign-out by hand outranks what the environment says, until the process ends.
  let ignoreEnvironment = false;
  let lastState = "";
  let loggedState = "";

  // One at a time: a look that began before a sign-in or sign-out must not undo it.
  let lastTurn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const done = lastTurn.then(action);
    lastTurn = done.catch(() => undefined);
    return done;
  };
  let awaitedLook: Promise<void> | undefined;

  const state = (): AccountState => {
    // Another server has been configured, and its sign-in has not been looked for yet.
    if (lookedAt !== serverUrl()) return { kind: "unknown" };
    if (!held) {
      const code = missing?.code;
      const reason = code === "keychain-locked" || code === "keychain-unavailable" ? code : undefined;
      return { kind: "signed-out", ...(reason && { reason }), message: missing && describeError(missing) };
    }
    const { source, user } = held;
    const place = held.place && { place: held.place };
    if (!refusal) return { kind: "signed-in", source, ...place, user };
    const { error } = refusal;
    if (error.code === "signed-out")
      return { kind: "signed-out", source, ...place, user, message: describeError(error) };
    return { kind: "not-authorized", source, ...place, user, message: describeError(error), url: error.url };
  };

  const announce = (): void => {
    const value = state();
    const text = JSON.stringify(value);
    if (text === lastState) return;
    lastState = text;
    const { kind, source } = { source: undefined, ...value };
    // The name and the words may still change; the log has neither.
    if (`${kind} ${source}` !== loggedState) log.info("the account has another state", { state: kind, source });
    loggedState = `${kind} ${source}`;
    changed.emit(value);
  };

  const put = (credential: Credential | undefined): void => {
    const same =
      held && credential
        ? held.source === credential.source && held.server === credential.server && held.token.equals(credential.token)
        : held === credential;
    // The name that GitHub gave outlives a second look at a source that has an older one or none.
    held = same && credential ? { ...credential, user: held?.user ?? credential.user } : credential;
    if (!same) refusal = undefined;
    announce();
    if (!same) replaced.emit(held);
  };

  const lookNow = async (retryKeychain = false): Promise<void> => {
    const server = serverUrl();
    const search = await findToken(deps, server, { ignoreEnvironment, retryKeychain });
    lookedAt = server;
    if (search.kind === "found") {
      missing = undefined;
      put(search.credential);
      return;
    }
    missing =
      search.kind === "unusable"
        ? search.error
        : notSignedIn(server, account, ignoreEnvironment ? tokenVariable(environment) : undefined);
    put(undefined);
  };

  /** Joins a look that has not begun. */
  const look: CredentialHolder["look"] = ({ retryKeychain } = { retryKeychain: false }) => {
    if (retryKeychain) return inTurn(() => lookNow(true));
    awaitedLook ??= inTurn(() => {
      awaitedLook = undefined;
      return lookNow();
    });
    return awaitedLook;
  };

  const current = (): Credential | undefined => (lookedAt === serverUrl() ? held : undefined);

  const isHeld = (credential: Credential): boolean =>
    held !== undefined && held.server === credential.server && held.token.equals(credential.token);

  return {
    current,
    async usable() {
      // The store is watched, but somebody who asks must not be told "signed out" before a change is noticed.
      if (!current() || refusal) await look();
      const credential = current();
      if (!credential) throw missing ?? notSignedIn(serverUrl(), account, undefined);
      if (!refusal) return credential;
      const expired = refusal.error.code === "not-authorized" && elapsedMs(clock, refusal.at) >= notAuthorizedMs;
      if (!expired) throw refusal.error;
      return credential;
    },
    holds: (credential) => lookedAt === serverUrl() && isHeld(credential),
    state,
    obstacle: () => (held ? refusal?.error : missing),
    look,
    refuse(credential, error) {
      if (!isHeld(credential)) return;
      const described =
        error.code === "signed-out" ? tokenRefused(credential, error) : copilotRefused(credential, error);
      refusal = { error: described, at: now(clock) };
      log.warn("the GitHub token was refused", { code: error.code, source: credential.source });
      announce();
    },
    accept(credential) {
      if (!isHeld(credential) || !refusal) return;
      refusal = undefined;
      announce();
    },
    name(credential, user) {
      if (!held || !isHeld(credential) || held.user === user) return;
      held = { ...held, user };
      announce();
    },
    save: (token, user) =>
      inTurn(async () => {
        const server = serverUrl();
        const kept = await storage.save(signInKey(server, account), { token, user });
        ignoreEnvironment = true;
        // A token that was refused and is stored anew by hand deserves a new trial.
        refusal = undefined;
        missing = undefined;
        lookedAt = server;
        const credential = {
          token,
          source: deps.storeSource,
          server: storeKey(server),
          user,
          place: deps.storeSource === "store" ? kept : undefined,
        };
        put(credential);
        return credential;
      }),
    assertStorable: () => storage.assertWritable(signInKey(serverUrl(), account)),
    forget: () =>
      inTurn(async () => {
        const leftInEnvironment = tokenVariable(environment) !== undefined;
        ignoreEnvironment = true;
        const key = signInKey(serverUrl(), account);
        const stored = deps.storeSource === "store" ? await storage.kindOf(key) : undefined;
        try {
          await (account === undefined ? storage.eraseAll() : storage.erase(key));
        } finally {
          await lookNow();
        }
        return { leftInEnvironment, ...(stored && { stored }) };
      }),
    moveTo: (choice) =>
      inTurn(async () => {
        try {
          return await storage.move(signInKey(serverUrl(), account), choice);
        } finally {
          await lookNow();
        }
      }),
    onReplaced: (listener) => replaced.on(listener),
    onChange: (listener) => changed.on(listener),
  };
}
