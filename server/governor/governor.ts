// Guards the account: budgets for typing and for programs, and a breaker that falls when the service says no. It never
// asks anything itself; whoever asks tells it how it went.

import type { Trigger } from "../../shared/completion.ts";
import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, type ErrorCode } from "../../shared/errors.ts";
import { sleep } from "../runtime/cancel.ts";
import type { SessionToken } from "../upstream/types.ts";
import type { CompletionSettings } from "../completion/settings.ts";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

export interface GovernorState {
  /** The breaker has fallen. `untilMs` by the monotonic clock; absent: until there is another session token. */
  readonly blocked: { readonly code: ErrorCode; readonly untilMs: number | undefined } | undefined;
  /** Requests that may be made at once. */
  readonly typingLeft: number;
  readonly scriptsLeft: number;
}

export interface Governor {
  /**
   * Lets one request pass, or throws: `limited` (budget, or the service asked for a pause), `quota`,
   * `not-authorized`, `signed-out`, with `retryAfterMs` where it is known. A program waits for its turn a little while.
   */
  admit(ctx: Ctx, trigger: Trigger, session: SessionToken): void | Promise<void>;
  succeeded(): void;
  /** `error` is what asking with `session` threw; what says nothing about the account is ignored. */
  failed(error: unknown, session: SessionToken): void;
  state(): GovernorState;
}

// A loop over HTTP does not know what to do with a refusal, but it can wait; a key that was pressed cannot.
const maxScriptWaitMs = 5_000;
const defaultPauseMs = 10_000;
// After a refusal of the account itself, each doubled: asking again is what gets accounts suspended.
const firstRefusalPauseMs = 30_000;
const longestRefusalPauseMs = 15 * 60_000;

type Block =
  | { readonly kind: "pause"; readonly error: CopilotError; readonly untilMs: number }
  | { readonly kind: "session"; readonly error: CopilotError; readonly session: SessionToken };

export function createGovernor(deps: { readonly clock: Clock }, settings: () => CompletionSettings): Governor {
  const { clock } = deps;
  const typing = createTokenBucket(clock, () => settings().typing);
  const scripts = createTokenBucket(clock, () => settings().scripts);
  let block: Block | undefined;
  let refusals = 0;

  const checkBlock = (session: SessionToken): void => {
    if (!block) return;
    if (block.kind === "session") {
      const isSpent = session.completionsRemaining === 0;
      if (session.token.equals(block.session.token) || isSpent) throw again(block.error, undefined);
    } else {
      const leftMs = block.untilMs - clock.monotonicMs();
      if (leftMs > 0) throw again(block.error, Math.ceil(leftMs));
    }
    block = undefined;
  };

  const waitForTurn = async (ctx: Ctx, bucket: TokenBucket, waitMs: number, session: SessionToken): Promise<void> => {
    try {
      await sleep(ctx, clock, waitMs);
      checkBlock(session);
    } catch (error) {
      bucket.giveBack();
      throw error;
    }
  };

  return {
    admit(ctx, trigger, session) {
      checkBlock(session);
      const isScript = trigger === "script";
      const bucket = isScript ? scripts : typing;
      const { waitMs, retryAfterMs } = bucket.take(isScript ? maxScriptWaitMs : 0);
      if (waitMs === undefined) throw overBudget(isScript, retryAfterMs);
      return waitMs === 0 ? undefined : waitForTurn(ctx, bucket, waitMs, session);
    },
    succeeded() {
      refusals = 0;
    },
    failed(error, session) {
      if (!(error instanceof CopilotError)) return;
      const pause = (ms: number): Block => ({ kind: "pause", error, untilMs: clock.monotonicMs() + ms });
      if (error.code === "quota") block = { kind: "session", error, session };
      else if (error.code === "limited") block = pause(error.retryAfterMs ?? defaultPauseMs);
      else if (error.code === "not-authorized" || error.code === "signed-out") {
        block = pause(Math.min(firstRefusalPauseMs * 2 ** refusals, longestRefusalPauseMs));
        refusals += 1;
      }
    },
    state: () => ({
      blocked: block && { code: block.error.code, untilMs: block.kind === "pause" ? block.untilMs : undefined },
      typingLeft: Math.max(0, Math.floor(typing.tokens())),
      scriptsLeft: Math.max(0, Math.floor(scripts.tokens())),
    }),
  };
}

function again(error: CopilotError, retryAfterMs: number | undefined): CopilotError {
  const { advice, httpStatus, url } = error;
  return new CopilotError(error.code, error.message, { advice, httpStatus, url, retryAfterMs, cause: error });
}

function overBudget(isScript: boolean, retryAfterMs: number): CopilotError {
  const who = isScript ? "programs" : "typing";
  return new CopilotError("limited", `The budget of this program for completions by ${who} is used up for now.`, {
    advice: `Ask again in ${Math.ceil(retryAfterMs / 1000)} s, or raise the budget in the settings.`,
    retryAfterMs,
  });
}
