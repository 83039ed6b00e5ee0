// The rules of each repository, as long as they hold: read when a file of it is first asked about, renewed in the
// background, and kept while the service cannot be reached, up to a day. Knows nothing of files.

import { LRUCache } from "lru-cache";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import { CopilotError, describeError } from "../../shared/errors.ts";
import { linkAbort } from "../runtime/cancel.ts";
import { createRuleSet, type Rule, type RuleSet } from "./rule-set.ts";
import type { TimeLimit } from "./time-limit.ts";

/** Address of a remote in lower case, or `outside`: the rules for files outside of any repository. */
export type RuleKey = string;
export const outside: RuleKey = "outside";

export interface RuleState {
  /** The last that were read, if they still hold. */
  readonly rules: RuleSet | undefined;
  /** By the wall clock. */
  readonly readAtMs: number | undefined;
  /** Why they could not be read the last time. */
  readonly error: CopilotError | undefined;
}

export interface RuleCache {
  /** What is known now. Begins to read what is not known, or is old. */
  get(key: RuleKey): RuleState;
  /** As `get`, and reads nothing. */
  peek(key: RuleKey): RuleState;
  /** Resolves when the rules are known, or could not be read; undefined: nothing is under way for them. Never rejects. */
  settle(key: RuleKey): Promise<void> | undefined;
  /** Every key that is known, the one asked for last first. */
  keys(): readonly RuleKey[];
  /** All are read again when they are next asked for; until then those that are known hold. */
  renew(): void;
  /** Drops everything: it is another account. */
  forget(): void;
  close(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly limit: TimeLimit;
  /** As `GitHubApi.fetchExclusionRules`; has a time limit of its own. */
  readonly fetch: (ctx: Ctx, remotes: readonly string[] | "outside") => Promise<readonly (readonly Rule[])[]>;
}

const freshMs = 30 * 60_000;
const keptMs = 24 * 60 * 60_000;
const firstPauseMs = 5_000;
const longestPauseMs = 5 * 60_000;
const maxKeys = 200;
const batchSize = 10;

interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

interface Entry {
  rules?: RuleSet;
  readAt?: Moment;
  isOld: boolean;
  error?: CopilotError;
  pauseMs: number;
  askAgainAtMs: number;
  loading?: Promise<void>;
}

export function createRuleCache({ clock, log, limit, fetch }: Deps): RuleCache {
  const entries = new LRUCache<RuleKey, Entry>({ max: maxKeys });
  const life = linkAbort();
  let queue: { readonly key: RuleKey; readonly entry: Entry; readonly done: () => void }[] = [];
  let requests = 0;

  const moment = (): Moment => ({ wallMs: clock.nowMs(), monotonicMs: clock.monotonicMs() });
  // One of the clocks may have stood still while the machine slept.
  const ageMs = ({ wallMs, monotonicMs }: Moment): number =>
    Math.max(clock.nowMs() - wallMs, clock.monotonicMs() - monotonicMs);
  const holds = ({ readAt }: Entry): boolean => readAt !== undefined && ageMs(readAt) < keptMs;
  const isDue = (entry: Entry): boolean =>
    !entry.loading &&
    clock.monotonicMs() >= entry.askAgainAtMs &&
    (entry.isOld || !entry.readAt || ageMs(entry.readAt) >= freshMs);

  const entryOf = (key: RuleKey): Entry => {
    const known = entries.get(key);
    if (known) return known;
    const entry: Entry = { isOld: false, pauseMs: 0, askAgainAtMs: clock.monotonicMs() };
    entries.set(key, entry);
    return entry;
  };

  const loadIfDue = (key: RuleKey): Entry => {
    const entry = entryOf(key);
    if (life.signal.aborted || !isDue(entry)) return entry;
    entry.loading = new Promise((done) => queue.push({ key, entry, done }));
    // What is asked for in the same turn goes into one request.
    if (queue.length === 1) setImmediate(flush);
    return entry;
  };

  const flush = (): void => {
    const waiting = queue;
    queue = [];
    const repositories = waiting.filter(({ key }) => key !== outside);
    for (let at = 0; at < repositories.length; at += batchSize) void load(repositories.slice(at, at + batchSize));
    const others = waiting.filter(({ key }) => key === outside);
    if (others.length > 0) void load(others);
  };

  const ask = (keys: readonly RuleKey[]): Promise<readonly (readonly Rule[])[]> => {
    requests += 1;
    const ctx: Ctx = { signal: life.signal, log, id: `rules-${requests}` };
    return fetch(ctx, keys[0] === outside ? "outside" : keys);
  };

  async function load(batch: typeof queue): Promise<void> {
    const keys = batch.map(({ key }) => key);
    try {
      const lists = await ask(keys);
      if (!isInOrder(keys, lists)) throw new CopilotError("upstream-failed", "GitHub answered in another order.");
      await Promise.all(batch.map(({ entry }, index) => take(entry, lists[index] ?? [])));
      for (const { done } of batch) done();
    } catch (error) {
      // Which list is whose cannot be told: each is asked for by itself.
      if (batch.length > 1 && isUnclear(error)) {
        await Promise.all(batch.map((one) => load([one])));
        return;
      }
      for (const { entry, done } of batch) {
        fail(entry, error);
        done();
      }
    }
  }

  async function take(entry: Entry, rules: readonly Rule[]): Promise<void> {
    const readAt = moment();
    entry.rules = await createRuleSet(rules, limit);
    entry.readAt = readAt;
    entry.isOld = false;
    entry.pauseMs = 0;
    delete entry.error;
    delete entry.loading;
  }

  function fail(entry: Entry, cause: unknown): void {
    delete entry.loading;
    if (life.signal.aborted) return;
    const error =
      cause instanceof CopilotError ? cause : new CopilotError("internal", "The rules could not be read.", { cause });
    entry.error = error;
    entry.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, 2 * entry.pauseMs));
    entry.askAgainAtMs = clock.monotonicMs() + Math.max(entry.pauseMs, error.retryAfterMs ?? 0);
    log.warn("the rules about excluded files could not be read", {
      code: error.code,
      error: describeError(error),
      againInMs: entry.pauseMs,
      hold: holds(entry) ? "those that were read before hold" : "nothing of these repositories is sent",
    });
  }

  const stateOf = (entry: Entry | undefined): RuleState => {
    const known = entry && holds(entry) ? entry : undefined;
    return { rules: known?.rules, readAtMs: known?.readAt?.wallMs, error: entry?.error };
  };

  return {
    get: (key) => stateOf(loadIfDue(key)),
    peek: (key) => stateOf(entries.peek(key)),
    settle(key) {
      const entry = loadIfDue(key);
      return holds(entry) ? undefined : entry.loading;
    },
    keys: () => [...entries.keys()],
    renew() {
      for (const entry of entries.values()) {
        entry.isOld = true;
        entry.pauseMs = 0;
        entry.askAgainAtMs = clock.monotonicMs();
      }
    },
    forget: () => entries.clear(),
    close: () => life.abort(new CopilotError("closing", "The program is shutting down.")),
  };
}

/** The service answered, and not with one list of rules for each repository. */
function isUnclear(error: unknown): boolean {
  return error instanceof CopilotError && error.code === "upstream-failed" && (error.httpStatus ?? 200) === 200;
}

/** A rule of a repository names it: one that names another of those asked for is at the wrong place. */
function isInOrder(keys: readonly RuleKey[], lists: readonly (readonly Rule[])[]): boolean {
  if (keys.length < 2) return true;
  const names = keys.map((key) =>
    key
      .replace(/\/$/, "")
      .replace(/\.git$/, "")
      .split(/[/:]/)
      .slice(-2)
      .join("/"),
  );
  return lists.every((rules, index) =>
    rules
      .filter(({ source }) => source.type.toLowerCase() === "repository")
      .every(({ source }) => {
        const name = source.name.toLowerCase();
        const isOf = (whole: string | undefined): boolean => whole === name || whole?.split("/").at(-1) === name;
        return isOf(names[index]) || !names.some(isOf);
      }),
  );
}
