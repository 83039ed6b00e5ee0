// What this program counts of itself: requests by front and outcome, time by stage, where answers came from, what is
// under way, and what the account's protection allows. Wraps functions from outside, so that nothing that works knows
// that it is counted; never sees text, names or tokens.

import type { CompletionRequest, CompletionResult, ItemSink, PartialSink } from "../../shared/completion.ts";
import type { Clock, Ctx } from "../../shared/context.ts";
import { errorCodeOf } from "../../shared/errors.ts";
import type { Quota } from "../../shared/status.ts";
import { type Adder, createRegistry, type Observer, type Reading } from "./metrics.ts";

// A command's process serves nobody, so that nobody could read what it has counted.
export type Front = "lsp" | "http";

/** `session`: until there is a session token; `upstream`: until the service answers; the others from the question on. */
export type Stage = "session" | "upstream" | "first-text" | "whole";

export type Complete = (
  ctx: Ctx,
  request: CompletionRequest,
  onPartial?: PartialSink,
  onItem?: ItemSink,
) => Promise<CompletionResult>;

/** What is read when somebody asks for the counts. Infinite when there is no budget. */
export interface Protection {
  readonly blocked: boolean;
  readonly typingLeft: number;
  readonly scriptsLeft: number;
  readonly editsLeft: number;
}

export interface Meters {
  /** `complete` as before, counted for this front. */
  countFront(front: Front, complete: Complete): Complete;
  /** `work` as before, timed when it succeeds. */
  timed<A extends readonly unknown[], T>(stage: Stage, work: (...args: A) => Promise<T>): (...args: A) => Promise<T>;
  tokenRefreshed(): void;
  /** Secrets were found in the text of a request; `names` are their kinds. */
  secretsFound(names: readonly string[]): void;
  /** A file is kept from being sent; `by` is the kind of rule. */
  keptBack(by: string): void;
  httpAnswered(status: number): void;
  /** Where to read the protection from, once it is there. */
  watch(read: () => Protection): void;
  /** Where to read what the plan leaves. */
  watchQuotas(read: () => PlanLeft): void;
  expose(): string;
}

/** Allowances of the plan and limits on its use, by the service's names. */
export interface PlanLeft {
  readonly quotas: Readonly<Record<string, Quota>>;
  readonly limits: Readonly<Record<string, Quota>>;
}

// Seconds. Close together where people feel the difference.
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10] as const;

export function createMeters(deps: { readonly clock: Clock; readonly version: string }): Meters {
  const { clock, version } = deps;
  const registry = createRegistry();
  const startedMs = clock.nowMs();
  const requests = registry.counter(
    "copilot_lsp_requests_total",
    "Completions asked for, by front and by how they ended: items, or the reason that there were none.",
  );
  const answers = registry.counter(
    "copilot_lsp_answers_total",
    "Completions answered with text, by where the text came from; all but upstream needed no request.",
  );
  const times = registry.histogram(
    "copilot_lsp_stage_seconds",
    "Time of each stage of a completion that was answered.",
    bounds,
  );
  const refreshes = registry.counter("copilot_lsp_tokens_refreshed_total", "Session tokens fetched.");
  const secrets = registry.counter(
    "copilot_lsp_redactions_total",
    "Places in the text of requests that were replaced before it was sent, by kind.",
  );
  const filesKept = registry.counter(
    "copilot_lsp_files_kept_back_total",
    "Files that were kept from being sent, by the kind of rule.",
  );
  const responses = registry.counter("copilot_lsp_http_responses_total", "Answers over HTTP, by status.");
  const underWay = new Map<Front, number>();
  let protection: (() => Protection) | undefined;
  let planLeft: (() => PlanLeft) | undefined;
  const quotaReadings = (valueOf: (quota: Quota) => number | undefined): readonly Reading[] => {
    const { quotas, limits } = planLeft?.() ?? { quotas: {}, limits: {} };
    return Object.entries({ quota: quotas, limit: limits }).flatMap(([kind, named]) =>
      Object.entries(named).flatMap(([name, quota]) => {
        const value = valueOf(quota);
        return value === undefined ? [] : [{ labels: { kind, name }, value }];
      }),
    );
  };

  registry.gauge("copilot_lsp_in_flight", "Completions under way, by front.", () =>
    [...underWay].map(([front, value]) => ({ labels: { front }, value })),
  );
  registry.gauge("copilot_lsp_governor_blocked", "1 while the account's protection lets nothing pass.", () =>
    protection ? [{ labels: {}, value: protection().blocked ? 1 : 0 }] : [],
  );
  registry.gauge(
    "copilot_lsp_governor_left",
    "Requests that may be made at once, by budget: completions by typing and by programs, and next edits.",
    () => {
      if (!protection) return [];
      const { typingLeft, scriptsLeft, editsLeft } = protection();
      return [
        { labels: { budget: "typing" }, value: typingLeft },
        { labels: { budget: "scripts" }, value: scriptsLeft },
        { labels: { budget: "edits" }, value: editsLeft },
      ];
    },
  );
  registry.gauge(
    "copilot_lsp_quota_remaining_percent",
    "What is left of each allowance of the plan and each limit; below 0 where more was used than is granted.",
    () => quotaReadings(({ unlimited, percentRemaining }) => (unlimited ? Number.POSITIVE_INFINITY : percentRemaining)),
  );
  registry.gauge("copilot_lsp_quota_remaining", "What is left of each allowance, where the service counts it.", () =>
    quotaReadings(({ unlimited, remaining }) => (unlimited ? undefined : remaining)),
  );
  registry.gauge(
    "copilot_lsp_quota_reset_time_seconds",
    "When each allowance and each limit is full again, in seconds since the epoch.",
    () =>
      quotaReadings(({ unlimited, resetsAt }) =>
        unlimited || resetsAt === undefined ? undefined : Date.parse(resetsAt) / 1000,
      ),
  );
  registry.gauge("copilot_lsp_info", "Always 1; the label says which version this is.", () => [
    { labels: { version }, value: 1 },
  ]);
  registry.gauge("copilot_lsp_start_time_seconds", "When this process began, in seconds since the epoch.", () => [
    { labels: {}, value: startedMs / 1000 },
  ]);
  // A counter that is there from the beginning can be seen to stand still.
  const refreshed = refreshes.labelled({});
  refreshed.add(0);
  const answered = {
    from: byLabel((source) => answers.labelled({ source })),
    over: byLabel((status) => responses.labelled({ status })),
  };
  const keptBy = byLabel((rule) => filesKept.labelled({ rule }));
  const secretsOf = byLabel((kind) => secrets.labelled({ kind }));
  // Not of the wrapping: a front that starts anew, as HTTP does on another port, counts on where it left off.
  const ended = {
    lsp: byLabel((outcome) => requests.labelled({ front: "lsp", outcome })),
    http: byLabel((outcome) => requests.labelled({ front: "http", outcome })),
  };

  const stages: Readonly<Record<Stage, Observer>> = {
    session: times.labelled({ stage: "session" }),
    upstream: times.labelled({ stage: "upstream" }),
    "first-text": times.labelled({ stage: "first-text" }),
    whole: times.labelled({ stage: "whole" }),
  };
  const note = (stage: Stage, sinceMs: number): void =>
    stages[stage].observe(Math.max(0, clock.monotonicMs() - sinceMs) / 1000);

  return {
    countFront(front, complete) {
      underWay.set(front, 0);
      const move = (by: number): void => void underWay.set(front, (underWay.get(front) ?? 0) + by);
      return (ctx, request, onPartial, onItem) => {
        const sinceMs = clock.monotonicMs();
        let hasText = false;
        const noteFirst = (): void => {
          if (!hasText) note("first-text", sinceMs);
          hasText = true;
        };
        const sink: PartialSink | undefined =
          onPartial &&
          ((partial) => {
            if (partial.text !== "") noteFirst();
            return onPartial(partial);
          });
        move(1);
        return complete(ctx, request, sink, onItem).then(
          (result) => {
            move(-1);
            ended[front](result.kind === "items" ? "items" : result.reason).add(1);
            if (result.kind === "items") {
              noteFirst();
              note("whole", sinceMs);
              answered.from(result.source).add(1);
            }
            return result;
          },
          (error: unknown) => {
            move(-1);
            ended[front](errorCodeOf(error)).add(1);
            throw error;
          },
        );
      };
    },
    timed(stage, work) {
      return async (...args) => {
        const sinceMs = clock.monotonicMs();
        const result = await work(...args);
        note(stage, sinceMs);
        return result;
      };
    },
    tokenRefreshed: () => refreshed.add(1),
    secretsFound(names) {
      for (const name of names) secretsOf(name).add(1);
    },
    keptBack: (by) => keptBy(by).add(1),
    httpAnswered: (status) => answered.over(String(status)).add(1),
    watch(read) {
      protection = read;
    },
    watchQuotas(read) {
      planLeft = read;
    },
    expose: registry.expose,
  };
}

/** One adder for each value of a label. */
function byLabel(make: (value: string) => Adder): (value: string) => Adder {
  const adders = new Map<string, Adder>();
  return (value) => {
    const known = adders.get(value);
    if (known) return known;
    const adder = make(value);
    adders.set(value, adder);
    return adder;
  };
}
