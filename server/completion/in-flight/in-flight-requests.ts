// Everything that is under way to the service, and who may share it. A query joins a request whose answer, as far as it
// has come, agrees with what has been typed since it was asked; it leaves, and asks for itself, as soon as the answer
// disagrees, or has been quiet for longer than a request of its own would take.

import type { Clock, Ctx, Timer } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { typedSinceAnchor } from "../anchor.ts";
import { mayAgree } from "../cache/remainder.ts";
import type { Answer, AnswerSource, CompletionQuery, Progress } from "../query.ts";
import { isAsWide } from "../strategy.ts";
import { createGracePeriod } from "./grace-period.ts";
import { type InFlightRequest, startInFlightRequest } from "./in-flight-request.ts";
import { waitForEnough, waitForRest } from "./parts.ts";
import type { StallTimeout } from "./stall-timeout.ts";

export interface InFlightRequests {
  /** Undefined at once when nothing under way will do, later when it turns out not to. */
  join(ctx: Ctx, query: CompletionQuery, progress: Progress | undefined): Promise<Answer | undefined> | undefined;
  /** Asks the service, and lets others share. */
  readonly start: AnswerSource;
  stopAll(reason: CopilotError): void;
}

interface Deps {
  readonly clock: Clock;
  readonly source: AnswerSource;
  /** `tookMs`: until what the query wants had come. */
  readonly onAnswer: (query: CompletionQuery, answer: Answer, tookMs: number) => void;
  /** The model that a query is put to. */
  readonly modelOf: (query: CompletionQuery) => string;
  readonly stallTimeout: StallTimeout;
}

export function createInFlightRequests(deps: Deps): InFlightRequests {
  const { clock, source, onAnswer, modelOf, stallTimeout } = deps;
  const underWay = new Set<InFlightRequest>();
  const grace = createGracePeriod(clock);
  const requestDeps = {
    clock,
    grace,
    source,
    onFirstText: stallTimeout.onFirstText,
    onEnd(request: InFlightRequest, answer: Answer | undefined): void {
      if (underWay.delete(request) && answer) onAnswer(request.query, answer, request.tookMs());
    },
  };
  const givenUp = new WeakSet<InFlightRequest>();

  // A program is in no hurry, and nobody waits for a speculation.
  const isPatient = ({ trigger, speculative }: CompletionQuery): boolean => trigger === "script" || speculative;
  const isQuiet = (request: InFlightRequest, query: CompletionQuery): boolean => {
    if (isPatient(query)) return false;
    if (givenUp.has(request)) return true;
    if (request.quietMs() < stallTimeout.ms()) return false;
    givenUp.add(request);
    stallTimeout.onGivenUp();
    return true;
  };
  const watch = (request: InFlightRequest, query: CompletionQuery, leave: () => void): (() => void) => {
    if (isPatient(query)) return () => undefined;
    let timer: Timer | undefined;
    const check = (): void => {
      if (isQuiet(request, query)) leave();
      else timer = clock.after(Math.ceil(stallTimeout.ms() - request.quietMs()), check);
    };
    check();
    return () => timer?.cancel();
  };

  const typedInto = (request: InFlightRequest, query: CompletionQuery): string | undefined => {
    const { anchor } = request;
    const made = request.query.prefetch ?? request.query.plan;
    if (!anchor || made.n < query.plan.n || !isAsWide(made.extent, query.plan.extent)) return undefined;
    const typed = typedSinceAnchor(anchor, query.position);
    if (typed === undefined || !mayAgree(request.text(), typed, anchor)) return undefined;
    return isQuiet(request, query) ? undefined : typed;
  };

  return {
    join(ctx, query, progress) {
      if (!query.isRepeatable) return undefined;
      grace.onQuery(query);
      let nearest: { readonly request: InFlightRequest; readonly typed: string } | undefined;
      for (const request of underWay) {
        const typed = typedInto(request, query);
        if (typed !== undefined && (!nearest || typed.length < nearest.typed.length)) nearest = { request, typed };
        else if (typed === undefined) stopIfAbandoned(request, query);
      }
      return nearest && waitForRest(ctx, nearest, { query, progress, modelOf, watch });
    },
    start(ctx, query, progress) {
      if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
      const request = startInFlightRequest(requestDeps, ctx, query);
      underWay.add(request);
      if (query.prefetch) return waitForEnough(ctx, request, progress, modelOf);
      return request.wait<Answer>(ctx, () => ({
        onText: (index, text, part) => progress?.(index, text, part),
        onEnd: (answer) => answer,
      }));
    },
    stopAll(reason) {
      for (const request of underWay) request.stop(reason);
    },
  };
}

// The newest key of a document has gone another way, and nobody else waits.
function stopIfAbandoned(request: InFlightRequest, { documentId }: CompletionQuery): void {
  if (documentId === undefined || request.query.documentId !== documentId || request.waiters() > 0) return;
  request.stop(new CopilotError("superseded", "What was typed since made this completion useless."));
}
