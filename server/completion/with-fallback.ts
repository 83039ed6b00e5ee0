// Asks the first service that can answer. While one refuses, is used up or cannot be reached, the next answers in its
// place; the first is tried again by itself. A service that refuses is protected by its governor, which then rejects
// without a request; one that cannot be reached is left alone for a while that doubles, so that no key waits for it.

import type { Clock, Ctx } from "../../shared/context.ts";
import { CopilotError, type ErrorCode, errorCodeOf } from "../../shared/errors.ts";
import type { AnswerSource, Progress } from "./query.ts";

export interface Candidate {
  readonly source: AnswerSource;
  /** For a person. */
  readonly name: string;
  /** Documents that are kept from being sent may be sent to it: it is on this machine, and the person allowed it. */
  readonly mayGetExcluded: boolean;
}

export interface Fallback {
  /** Which service answers. */
  readonly name: string;
  /** Why the first does not; undefined for a document that it may not have. */
  readonly error: CopilotError;
}

const nextCodes: ReadonlySet<ErrorCode> = new Set([
  "signed-out",
  "not-authorized",
  "key-refused",
  "quota",
  "limited",
  "offline",
  "tls",
  "timeout",
  "intercepted",
  "upstream-failed",
  "client-rejected",
]);
/** Those that say nothing of an account: the governor does not pause for them. */
const unreachable: ReadonlySet<ErrorCode> = new Set(["offline", "tls", "timeout", "intercepted", "upstream-failed"]);
const firstPauseMs = 2_000;
const longestPauseMs = 60_000;

interface State extends Candidate {
  pauseMs: number;
  untilMs: number;
  error: CopilotError | undefined;
}

/** `onFallback`: told when another service than before answers; undefined: the first again. Throws what the first threw. */
export function withFallback(
  clock: Clock,
  candidates: readonly Candidate[],
  onFallback: (fallback: Fallback | undefined) => void,
): AnswerSource {
  const states = candidates.map((one): State => ({ ...one, pauseMs: 0, untilMs: 0, error: undefined }));
  const [first] = states;

  const failed = (state: State, error: CopilotError): void => {
    state.error = error;
    if (!unreachable.has(error.code)) return;
    state.pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, 2 * state.pauseMs));
    state.untilMs = clock.monotonicMs() + state.pauseMs;
  };
  const answered = (state: State, isOnlyOne: boolean): void => {
    state.pauseMs = 0;
    state.untilMs = 0;
    state.error = undefined;
    if (isOnlyOne) return;
    const why = first?.error;
    onFallback(state === first || !why ? undefined : { name: state.name, error: why });
  };

  const ask: AnswerSource = async (ctx, query, progress) => {
    const able = query.isExcluded ? states.filter(({ mayGetExcluded }) => mayGetExcluded) : states;
    let firstError: unknown;
    for (const state of able) {
      if (state.error && clock.monotonicMs() < state.untilMs) {
        firstError ??= state.error;
        continue;
      }
      const told = noting(progress);
      try {
        const answer = await state.source(ctx, query, told.progress);
        // The rules came with the account: what it may not have, a service on this machine may.
        const isNews = answer.reason === "excluded" && !query.isExcluded;
        if (isNews && states.some(({ mayGetExcluded }) => mayGetExcluded))
          return await ask(ctx, { ...query, isExcluded: true }, progress);
        answered(state, query.isExcluded);
        return answer;
      } catch (error) {
        ctx.signal.throwIfAborted();
        // What was shown of an answer cannot be taken back.
        if (!(error instanceof CopilotError) || !nextCodes.has(errorCodeOf(error)) || told.hasBegun()) throw error;
        failed(state, error);
        firstError ??= error;
        noteNext(ctx, state, error);
      }
    }
    throw firstError ?? new CopilotError("bad-request", "No service may be sent this document.");
  };
  return ask;
}

function noteNext(ctx: Ctx, { name }: Candidate, error: CopilotError): void {
  ctx.log.info(`${name} does not answer; the next service is asked`, { id: ctx.id, code: error.code });
}

function noting(progress: Progress | undefined): {
  readonly progress: Progress | undefined;
  readonly hasBegun: () => boolean;
} {
  let hasBegun = false;
  return {
    progress:
      progress &&
      ((index, text, part) => {
        hasBegun = true;
        return progress(index, text, part);
      }),
    hasBegun: () => hasBegun,
  };
}
