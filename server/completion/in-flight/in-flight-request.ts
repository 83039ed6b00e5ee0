// One request to the service and everybody who waits for its answer. It has an abort signal of its own: a waiter that
// leaves stops nobody else's work, and the stream is stopped when the last one has left. For a document it is stopped a
// grace period later, because the next key may want the same.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import { type Anchor, anchorOf } from "../anchor.ts";
import type { Answer, AnswerSource, CompletionQuery, Part } from "../query.ts";
import type { GracePeriod } from "./grace-period.ts";
import { createWaiter, type Listener, type Waiter } from "./waiter.ts";

export interface InFlightRequest {
  readonly query: CompletionQuery;
  /** Undefined: nobody can join. */
  readonly anchor: Anchor | undefined;
  /** The first alternative as far as it has come. */
  text(): string;
  /** How long nothing has come. */
  quietMs(): number;
  /** From the start until all that its own query wants had come. */
  tookMs(): number;
  waiters(): number;
  /**
   * Waits for the answer and hears it grow, from its beginning. Rejects with the signal's reason, or as the service did.
   */
  wait<T>(ctx: Ctx, listen: (finish: (result: T) => void) => Listener<T>): Promise<T>;
  /** From now on it goes on to its end without waiters too. */
  readOn(): void;
  stop(reason: unknown): void;
}

interface Deps {
  readonly clock: Clock;
  readonly grace: GracePeriod;
  readonly source: AnswerSource;
  /** The first text has come, or the end where there is none, so long after the start. */
  readonly onFirstText: (tookMs: number) => void;
  /** It has ended one way or the other, or is being stopped. */
  readonly onEnd: (request: InFlightRequest, answer: Answer | undefined) => void;
}

/** Asks at once. `ctx` is its first waiter's; it does not end with that one's signal. */
export function startInFlightRequest(deps: Deps, ctx: Ctx, query: CompletionQuery): InFlightRequest {
  const { clock } = deps;
  const link = linkAbort();
  const waiters = new Set<Waiter>();
  const texts: { readonly text: string; readonly isWhole: boolean }[] = [];
  const startMs = clock.monotonicMs();
  let heardAtMs = startMs;
  let enoughAtMs: number | undefined;
  let stopping: Timer | undefined;
  let isReadOn = false;
  let hasEnded = false;

  const onText = (index: number, text: string, part: Part | undefined): Promise<void> | undefined => {
    heardAtMs = clock.monotonicMs();
    if (texts.length === 0) deps.onFirstText(heardAtMs - startMs);
    if (part === "enough") enoughAtMs ??= heardAtMs;
    texts[index] = { text, isWhole: part === "whole" || texts[index]?.isWhole === true };
    const holding = [...waiters].map((waiter) => waiter.onText(index, text, part)).filter((held) => held !== undefined);
    return holding.length === 0 ? undefined : Promise.all(holding).then(() => undefined);
  };
  const onLeft = (waiter: Waiter): void => {
    waiters.delete(waiter);
    if (waiters.size > 0 || hasEnded || isReadOn) return;
    const reason = new CopilotError("cancelled", "Nobody waits for this completion any more.");
    if (query.documentId === undefined) request.stop(reason);
    else {
      const leftAtMs = clock.monotonicMs();
      stopping = clock.after(deps.grace.ms(), () => {
        deps.grace.onPassed(request.anchor, leftAtMs);
        request.stop(reason);
      });
    }
  };
  const end = (answer: Answer | undefined): void => {
    hasEnded = true;
    stopping?.cancel();
    if (answer && texts.length === 0) deps.onFirstText(clock.monotonicMs() - startMs);
    deps.onEnd(request, answer);
  };

  const request: InFlightRequest = {
    query,
    anchor: query.isRepeatable ? anchorOf(query.position) : undefined,
    text: () => texts[0]?.text ?? "",
    quietMs: () => clock.monotonicMs() - heardAtMs,
    tookMs: () => (enoughAtMs ?? clock.monotonicMs()) - startMs,
    waiters: () => waiters.size,
    async wait({ signal }, listen) {
      stopping?.cancel();
      const { waiter, result } = createWaiter(signal, listen, onLeft);
      waiters.add(waiter);
      for (const [index, known] of texts.entries()) {
        if (known) void waiter.onText(index, known.text, known.isWhole ? "whole" : undefined);
      }
      if (hasEnded) answered.then(waiter.resolve, waiter.reject);
      return result;
    },
    readOn() {
      isReadOn = true;
    },
    stop(reason) {
      stopping?.cancel();
      link.abort(reason);
      deps.onEnd(request, undefined);
    },
  };
  const answered = deps.source({ ...ctx, signal: link.signal }, query, onText);
  answered.then(
    (answer) => {
      try {
        end(answer);
      } finally {
        for (const waiter of waiters) waiter.resolve(answer);
      }
    },
    (error: unknown) => {
      end(undefined);
      for (const waiter of waiters) waiter.reject(error);
    },
  );
  return request;
}
