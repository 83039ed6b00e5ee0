// Protects the account or the machine behind a service: token buckets for typing and for programs, and a circuit breaker
// that opens when the service refuses. It makes no requests; its callers report how each one went.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, type ErrorCode } from "../../shared/errors.ts";
import { sleep } from "../runtime/cancel.ts";
import { type Allowance, createTokenBucket, type TokenBucket } from "./token-bucket.ts";

export interface GovernorSettings {
  /** Requests made by typing or by hand. */
  readonly typing: Allowance;
  /** Requests made by programs. */
  readonly scripts: Allowance;
  /** Requests for next edits, which editors make by themselves. */
  readonly edits: Allowance;
}

export type Budget = keyof GovernorSettings;

export interface GovernorState {
  /** The breaker is open. `untilMs` by the monotonic clock; undefined: until the account has another key. */
  readonly blocked: { readonly code: ErrorCode; readonly untilMs: number | undefined } | undefined;
  /** Requests that may be made at once. */
  readonly typingLeft: number;
  readonly scriptsLeft: number;
  readonly editsLeft: number;
}

/** Whose request it is. */
export interface GovernedAccount {
  /** Opaque; another one when the account's rights may have changed. */
  readonly key: string;
  /** The service has said that nothing is left of a quota. */
  readonly isSpent: boolean;
}

export interface Governor {
  /**
   * Admits one request, or rejects: `limited` (budget, or the service asked for a pause), `quota`, `not-authorized`,
   * `signed-out`, with `retryAfterMs` where it is known. A program waits for its turn for up to 5 s.
   */
  admit(ctx: Ctx, budget: Budget, account: GovernedAccount): Promise<void>;
  succeeded(): void;
  /** `error` is what the request of `account` threw; errors that say nothing about the account are ignored. */
  failed(error: unknown, account: GovernedAccount): void;
  state(): GovernorState;
}

// A loop over HTTP cannot handle a refusal, but it can wait; a key that was pressed cannot.
const maxScriptWaitMs = 5_000;
const defaultPauseMs = 10_000;
// After a refusal of the account itself, doubled each time: asking again is what gets accounts suspended.
const firstRefusalPauseMs = 30_000;
const longestRefusalPauseMs = 15 * 60_000;

const refusalCodes: ReadonlySet<ErrorCode> = new Set([
  "not-authorized",
  "signed-out",
  "key-refused",
  "client-rejected",
]);

type Block =
  | { readonly kind: "pause"; readonly error: CopilotError; readonly untilMs: number; readonly key?: string }
  | { readonly kind: "account"; readonly error: CopilotError; readonly key: string };

/** `settings` is read at each request. */
export function createGovernor({ clock }: { readonly clock: Clock }, settings: () => GovernorSettings): Governor {
  const buckets = {
    typing: createTokenBucket(clock, () => settings().typing),
    scripts: createTokenBucket(clock, () => settings().scripts),
    edits: createTokenBucket(clock, () => settings().edits),
  };
  let block: Block | undefined;
  let refusals = 0;

  const checkBlock = ({ key, isSpent }: GovernedAccount): void => {
    if (!block) return;
    if (block.kind === "account") {
      if (key === block.key || isSpent) throw again(block.error, undefined);
    } else {
      const isOtherKey = block.key !== undefined && block.key !== key;
      if (isOtherKey) refusals = 0;
      const leftMs = isOtherKey ? 0 : block.untilMs - clock.monotonicMs();
      if (leftMs > 0) throw again(block.error, Math.ceil(leftMs));
    }
    block = undefined;
  };

  const waitForTurn = async (ctx: Ctx, bucket: TokenBucket, waitMs: number, account: GovernedAccount) => {
    try {
      await sleep(ctx, clock, waitMs);
      checkBlock(account);
    } catch (error) {
      bucket.giveBack();
      throw error;
    }
  };

  return {
    async admit(ctx, budget, account) {
      checkBlock(account);
      const bucket = buckets[budget];
      const { waitMs, retryAfterMs } = bucket.take(budget === "scripts" ? maxScriptWaitMs : 0);
      if (waitMs === undefined) throw overBudget(budget, retryAfterMs);
      if (waitMs > 0) await waitForTurn(ctx, bucket, waitMs, account);
    },
    succeeded() {
      refusals = 0;
    },
    failed(error, { key }) {
      if (!(error instanceof CopilotError)) return;
      const pause = (ms: number): Block => ({ kind: "pause", error, untilMs: clock.monotonicMs() + ms });
      const { code, httpStatus, retryAfterMs = 0 } = error;
      if (code === "quota") block = { kind: "account", error, key };
      else if (refusalCodes.has(code)) {
        block = pause(Math.max(retryAfterMs, Math.min(firstRefusalPauseMs * 2 ** refusals, longestRefusalPauseMs)));
        refusals += 1;
        // Another key of a service, which the person has stored meanwhile, may be the right one.
        if (code === "key-refused") block = { ...block, key };
      } else if (code === "limited" || httpStatus === 429 || retryAfterMs > 0) {
        // Whoever asks for a pause gets one, a proxy on the way too.
        block = pause(retryAfterMs || defaultPauseMs);
      }
    },
    state: () => ({
      blocked: block && { code: block.error.code, untilMs: block.kind === "pause" ? block.untilMs : undefined },
      typingLeft: Math.max(0, Math.floor(buckets.typing.tokens())),
      scriptsLeft: Math.max(0, Math.floor(buckets.scripts.tokens())),
      editsLeft: Math.max(0, Math.floor(buckets.edits.tokens())),
    }),
  };
}

function again(error: CopilotError, retryAfterMs: number | undefined): CopilotError {
  const { advice, httpStatus, url } = error;
  return new CopilotError(error.code, error.message, { advice, httpStatus, url, retryAfterMs, cause: error });
}

const askedFor: Readonly<Record<Budget, string>> = {
  typing: "completions by typing",
  scripts: "completions by programs",
  edits: "next edits",
};

function overBudget(budget: Budget, retryAfterMs: number): CopilotError {
  return new CopilotError("limited", `The budget of this program for ${askedFor[budget]} is used up for now.`, {
    advice: `Ask again in ${Math.ceil(retryAfterMs / 1000)} s, or raise the budget in the settings.`,
    retryAfterMs,
  });
}
