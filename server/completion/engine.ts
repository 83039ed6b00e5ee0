// The engine: one request in, one answer out, by a pipeline of plain steps. It knows neither who asks nor how the
// service is reached.

import type {
  CompletionRequest,
  CompletionResult,
  EmptyReason,
  ItemSink,
  PartialSink,
} from "../../shared/completion.ts";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { Exclusion } from "../../shared/exclusion.ts";
import { CopilotError } from "../../shared/errors.ts";
import type { FileRules } from "../exclusion/types.ts";
import type { Governor } from "../governor/governor.ts";
import { createSecretGuard } from "../privacy/secret-guard.ts";
import { untilAborted } from "../runtime/cancel.ts";
import { whenAll } from "../runtime/when-all.ts";
import { createAnswerCache } from "./cache/answer-cache.ts";
import { createShownSuggestions } from "./cache/shown-suggestions.ts";
import { withCache } from "./cache/with-cache.ts";
import { contextFile, createContext } from "./context/context.ts";
import { withDebounce } from "./debounce/with-debounce.ts";
import { createTypingCadence } from "./debounce/typing-cadence.ts";
import { createInFlightRequests } from "./in-flight/in-flight-requests.ts";
import { createStallTimeout } from "./in-flight/stall-timeout.ts";
import { withRequestSharing } from "./in-flight/with-request-sharing.ts";
import { createLatest } from "./latest.ts";
import { createPartials } from "./partials.ts";
import { cursorContextOf } from "./postprocess/cursor-context.ts";
import { createPostprocess, type Postprocess, preview } from "./postprocess/postprocess.ts";
import { choiceTextOf, type CompletionQuery, type Progress } from "./query.ts";
import { createQueries } from "./queries.ts";
import { createServiceSource, requestOf } from "./service-source.ts";
import type { CompletionService, SuggestionEvent } from "./service.ts";
import type { CompletionSettings } from "./settings.ts";
import { skipReason } from "./skip-reason.ts";
import { createSpeculation, maySpeculate } from "./speculation/speculation.ts";
import { toLf } from "./text/line-ends.ts";
import { type Fallback, withFallback } from "./with-fallback.ts";
import type { Engine } from "./types.ts";

export interface EngineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly service: CompletionService;
  readonly governor: Governor;
  /** What answers while `service` cannot, in this order. */
  readonly fallbacks: readonly FallbackService[];
  /** Another service answers than before; undefined: `service` again. */
  readonly onFallback: (fallback: Fallback | undefined) => void;
  /** `service` is on this machine, and excluded documents may be sent to it. */
  readonly mayGetExcluded: boolean;
  /** As `ServiceSourceDeps.onSecrets`. */
  readonly onSecrets: (names: readonly string[]) => void;
  /** A new UUID at each call. */
  readonly newId: () => string;
  /** Addresses of the git remotes of a file's work tree, `origin` first. Never rejects. */
  readonly findRemotes: (file: string) => Promise<readonly string[]>;
  /** Which files must not be sent. */
  readonly rules: FileRules;
}

export interface FallbackService {
  readonly service: CompletionService;
  readonly governor: Governor;
  /** For a person. */
  readonly name: string;
  readonly mayGetExcluded: boolean;
}

interface Skipped {
  readonly reason: EmptyReason;
  readonly detail?: string | undefined;
}

const cacheBytes = 2 * 1024 * 1024;

/** `settings` is read at each request. */
export function createEngine(deps: EngineDeps, settings: () => CompletionSettings): Engine {
  const { clock, newId, service, rules } = deps;
  const services = [service, ...deps.fallbacks.map((one) => one.service)] as const;
  const latest = createLatest();
  const secrets = createSecretGuard(() => settings().secrets);
  const context = createContext(deps, settings);
  context.documents.follow({ closed: (id) => services.forEach(({ forget }) => forget?.(id)) });
  const cache = createAnswerCache(cacheBytes);
  const suggestions = createShownSuggestions();
  const cadence = createTypingCadence(clock);
  const ownSource = createServiceSource({ ...deps, secrets });
  const source =
    deps.fallbacks.length === 0
      ? ownSource
      : withFallback(
          clock,
          [
            { source: ownSource, name: "the first service", mayGetExcluded: deps.mayGetExcluded },
            ...deps.fallbacks.map((one) => ({ ...one, source: createServiceSource({ ...deps, ...one, secrets }) })),
          ],
          deps.onFallback,
        );
  const takesExcluded = deps.mayGetExcluded || deps.fallbacks.some(({ mayGetExcluded }) => mayGetExcluded);
  const queryOf = createQueries(
    {
      clock,
      services,
      context,
      rules,
      takesExcluded,
      isAfterAccept: (documentId, position) => speculation.isAfterAccept(documentId, position),
    },
    settings,
  );
  const requests = createInFlightRequests({
    clock,
    source,
    modelOf: ({ models }) => service.knownModel(models) ?? "",
    stallTimeout: createStallTimeout(service.capabilities.minStallMs),
    onAnswer(query, { choices, model, finish, reason }, tookMs) {
      if (reason !== undefined) return;
      cadence.onAnswer(tookMs);
      if (!query.isRepeatable) return;
      const texts = choices.map(choiceTextOf);
      cache.keep(query.position, query.prefetch ?? query.plan, { texts, model, finish }, query.speculative);
    },
  });
  // From the cache, else shared, else asked for when it is worth it. What was delayed may find a request to share.
  const ask = withCache(
    { suggestions, cache, onKey: cadence.onKey },
    withRequestSharing(requests, withDebounce(clock, cadence, withRequestSharing(requests, requests.start))),
  );
  const speculation = createSpeculation(
    {
      ...deps,
      documents: context.documents,
      suggestions,
      ask,
      keysPerAnswer: cadence.keysPerAnswer,
      queryOf: (request, afterAccept) => ({ ...queryOf(request, { afterAccept }), speculative: true }),
    },
    settings,
  );

  function exclusionOf(request: CompletionRequest): Exclusion | undefined {
    const { file, text } = context.subjectOf(request);
    return rules.verdict(file, () => text);
  }

  /** An excluded document may be sent where the person allowed that. */
  function whyToSkip(request: CompletionRequest): Skipped | undefined {
    const exclusion = takesExcluded ? undefined : exclusionOf(request);
    const reason = skipReason(request, settings(), exclusion !== undefined);
    return reason && { reason, detail: reason === "excluded" ? exclusion?.message : undefined };
  }

  function tellServices(kind: SuggestionEvent["kind"], itemId: string, acceptedLength?: number): void {
    const suggestion = suggestions.withItem(itemId);
    const item = suggestion?.items.find(({ id }) => id === itemId);
    if (!suggestion || !item) return;
    const { documentId } = suggestion.request;
    const mayPrefetch = maySpeculate(service, settings());
    for (const { hear } of services) hear?.({ kind, documentId, text: toLf(item.text), acceptedLength, mayPrefetch });
  }

  /** Resolves when it is known which rules hold for all that the request brings along; undefined: at once. */
  function settle(request: CompletionRequest): Promise<void> | undefined {
    const others = request.kind === "prompt" ? (request.files ?? []) : [];
    const files = [context.subjectOf(request).file, ...others.map(({ path }) => contextFile(path))];
    return whenAll(files.map(rules.settle));
  }

  async function answer(
    ctx: Ctx,
    request: CompletionRequest,
    query: CompletionQuery,
    onPartial?: PartialSink,
    onItem?: ItemSink,
  ): Promise<CompletionResult> {
    if (query.documentId !== undefined) speculation.onQuery(query.documentId, query.position);
    const partials = onPartial && createPartials(onPartial, previewOf(request));
    // The text below the cursor may have changed while the answer was under way.
    let fitting: Postprocess | undefined;
    const fit: Postprocess = (choice) => {
      fitting ??= createPostprocess(
        request.kind === "document" ? cursorContextOf(context.current(request)) : undefined,
        newId,
      );
      return fitting(choice);
    };
    const tellItems: Progress = async (index, text, part) => {
      await partials?.(index, text);
      const item = part === "whole" ? fit({ index, text }) : undefined;
      if (item) await onItem?.(item);
    };

    const found = await ask(ctx, query, onItem ? tellItems : partials);
    const { choices, model, source, finish } = found;
    const items = choices.map(fit).filter((item) => item !== undefined);
    if (request.kind === "document" && request.trigger !== "script") {
      suggestions.offer(query, request, found, items);
      speculation.onOffer(request.documentId, found);
    }
    // What the rules keep back was asked of nobody.
    if (found.reason === "excluded") return { kind: "empty", reason: "excluded", detail: found.detail };
    if (choices.length === 0) return { kind: "empty", reason: found.reason ?? "upstream-empty", model, finish };
    return items.length > 0 ? { kind: "items", items, model, source } : { kind: "empty", reason: "filtered", model };
  }

  return {
    async complete(ctx, request, onPartial, onItem) {
      const settling = settle(request);
      const early = settling ? undefined : whyToSkip(request);
      const query = early ? undefined : queryOf(request);
      const subject =
        request.kind === "document" ? { documentId: request.documentId, position: query?.position } : undefined;
      return latest.run(ctx, subject, async (linked) => {
        if (settling) await untilAborted(linked.signal, settling);
        const skipped = settling ? whyToSkip(request) : early;
        if (skipped || !query) return { kind: "empty", reason: "disabled", ...skipped };
        return answer(linked, request, settling ? queryOf(request) : query, onPartial, onItem);
      });
    },
    shown(itemId) {
      tellServices("shown", itemId);
      speculation.shown(itemId);
    },
    accepted(itemId, part) {
      tellServices("accepted", itemId, part?.acceptedLength);
      speculation.accepted(itemId, part === undefined);
    },
    rejected: speculation.rejected,
    async preview(request) {
      await rules.settleAccount();
      await Promise.all([context.settled(request), settle(request)]);
      const query = queryOf(request, { isPreview: true });
      const model = service.knownModel(query.models);
      const whole = requestOf(query, model ?? "");
      const guarded = secrets.guard(whole);
      const withheld = guarded.kind === "withhold" ? "secret" : undefined;
      const skipped = whyToSkip(request);
      const reason = skipped?.reason ?? withheld;
      const body = service.preview(guarded.kind === "send" ? guarded.request : whole);
      return {
        body,
        model,
        reason,
        detail: skipped?.detail,
        secrets: guarded.secrets.length > 0 ? guarded.secrets : undefined,
      };
    },
    documents: context.documents,
    model: () => service.knownModel([settings().model]),
    forget(reason) {
      requests.stopAll(reason);
      speculation.stopAll();
      suggestions.clear();
      cache.clear();
    },
    async close() {
      speculation.stopAll();
      requests.stopAll(
        new CopilotError("closing", "The completion request was dropped: the program is shutting down."),
      );
      await latest.close();
    },
  };
}

/** How a growing text is shown. */
function previewOf(request: CompletionRequest): (text: string) => string {
  if (request.kind === "prompt") return (text) => text;
  const context = cursorContextOf(request);
  return (text) => preview(text, context);
}
