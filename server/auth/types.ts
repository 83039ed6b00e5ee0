// What the layers above may ask of sign-in: the account, a session that works now, and what there is to report. Knows
// nothing of who asks.

import type { Account } from "../../shared/account.ts";
import type { Ctx } from "../../shared/context.ts";
import type { CopilotError } from "../../shared/errors.ts";
import type { SessionReport, TokenPlace } from "../../shared/status.ts";
import type { Secret } from "../runtime/secret.ts";
import type { ExclusionRule, SessionToken, ToldQuotas } from "../upstream/types.ts";

export interface SessionSource {
  /**
   * A session token that is good now: at once from memory, or by waiting for the one exchange under way. Rejects with
   * `signed-out`, `not-authorized`, `limited` and the codes of the network. `ctx` cancels the waiting, never the
   * exchange that others wait for too.
   */
  get(ctx: Ctx): Promise<SessionToken>;
  /** The token in hand, if it is still good; never asks anybody. */
  peek(): SessionToken | undefined;
  /**
   * The service refused `session`: it is dropped if it is still the one in hand, so that the next `get` asks for a new
   * one. At most one exchange in 5 s comes of that; a `get` in between throws `upstream-rejected`.
   */
  reject(session: SessionToken): void;
  /** Called with each new token. Returns the way to stop. */
  onRenewed(listener: (session: SessionToken) => void): () => void;
}

/** What an import from another plugin brought. */
export interface ImportedSignIn {
  readonly user: string;
  /** The file it came from. */
  readonly path: string;
  /** What may be wrong with it, in a sentence for a person; absent when nothing is known to be. */
  readonly warning?: string;
}

export interface Auth {
  readonly account: Account;
  readonly sessions: SessionSource;
  readonly serviceKeys: ServiceKeys;
  /** The session in hand and what the plan leaves; absent while there is none. */
  report(): SessionReport | undefined;
  /** Why no session can be had just now, while that is so; a refresh that fails behind a good session is none. */
  trouble(): CopilotError | undefined;
  /**
   * Looks for a token, exchanges it in the background unless told not to, and follows the store from then on. Resolves
   * when the first look is done; never rejects.
   */
  start(options?: { readonly isEager: boolean }): Promise<void>;
  /** Looks again: the GitHub server or the environment may be another one now. */
  reconsider(): void;
  /**
   * Takes over the sign-in that another Copilot plugin left in its `hosts.json` or `apps.json`, if Copilot accepts it.
   * `path` is such a file or the folder of them; absent: where the plugins keep theirs. Throws `bad-request` when there
   * is none for the configured server, `signed-out` and `not-authorized` when none of them works, `sign-in-failed` when
   * it cannot be stored, and the codes of the network.
   */
  importFrom(ctx: Ctx, path?: string): Promise<ImportedSignIn>;
  /**
   * Moves the stored token for the configured server. Rejects with `signed-out` when there is none, with the keychain's
   * codes, and with `sign-in-failed`.
   */
  moveTo(ctx: Ctx, choice: StorageChoice): Promise<{ readonly from: TokenPlace; readonly to: TokenPlace }>;
  /**
   * Rules about files that must not be sent, as `GitHubApi.fetchExclusionRules`, for the account in use. Waits for a GitHub
   * token that may be used. Rejects with `signed-out`, `not-authorized` and the codes of the network.
   */
  exclusionRules(ctx: Ctx, remotes: readonly string[] | "outside"): Promise<readonly (readonly ExclusionRule[])[]>;
  /** Called when the account's state or the trouble has changed. Returns the way to stop. */
  onChange(listener: () => void): () => void;
  /** An answer to `session` said what is left of the plan; ignored if it is not the session in hand. */
  learnQuotas(session: SessionToken, told: ToldQuotas): void;
  /** Names of the allowances that answers to this program's requests have named. */
  usedQuotas(): ReadonlySet<string>;
  /** Called when `report` may say something else of plan, quotas and limits. Returns the way to stop. */
  onQuotas(listener: () => void): () => void;
  /** Ends what is under way, with `closing`. Idempotent. */
  close(): Promise<void>;
}

/** Where tokens are to be kept. `auto`: in the keychain where one takes them, else in a file. */
export type StorageChoice = "auto" | "keychain" | "file";

/**
 * The system's keychain. Every call rejects with `keychain-locked` or `keychain-unavailable`, at the latest after
 * `limitMs`, and never blocks this process. A person may be asked for a password meanwhile.
 */
export interface Keychain {
  /** What it is called on this system. */
  readonly name: string;
  read(account: string, limitMs: number): Promise<Secret | undefined>;
  /** Replaces what is there. */
  write(account: string, secret: Secret, limitMs: number): Promise<void>;
  /** Also resolves when there is nothing. */
  erase(account: string, limitMs: number): Promise<void>;
}

/** Keys of services in Copilot's place, by origin. Rejects with the keychain's codes. */
export interface ServiceKeys {
  /** Undefined where none is stored; rejects with `signed-out` where what is stored cannot be understood. */
  read(origin: string): Promise<Secret | undefined>;
  /** Answers where it is kept. Rejects with `sign-in-failed` where it cannot be, and for what no header can carry. */
  store(origin: string, key: Secret): Promise<TokenPlace>;
  /** Answers where it was; undefined: none was stored. */
  forget(origin: string): Promise<TokenPlace["kind"] | undefined>;
}

/** Secrets in files that only this person can read, shared by every process of theirs. */
export interface SecretStore {
  /** The file that holds `key`, for `status` and `doctor`. */
  pathOf(key: string): string;
  /** Rejects with `signed-out` when there is a file that cannot be trusted or read. */
  read(key: string): Promise<string | undefined>;
  /** Whether `write` could work, found out by writing beside the file. Rejects with `sign-in-failed` when it could not. */
  assertWritable(key: string): Promise<void>;
  /** Rejects with `sign-in-failed` when the value cannot be kept safely. */
  write(key: string, value: string): Promise<void>;
  /** Every key that there is. Rejects with `signed-out` when the folder cannot be read. */
  keys(): Promise<readonly string[]>;
  /** Removes one key. Rejects with `internal` when it cannot. */
  erase(key: string): Promise<void>;
  /** Removes every key that `isMeant`, and copies that were left behind. Rejects with `internal` when it cannot. */
  eraseAll(isMeant: (key: string) => boolean): Promise<void>;
  /** Called soon after it begins, and within a second of a change made by any process. Returns the way to stop. */
  watch(listener: () => void): () => void;
}
