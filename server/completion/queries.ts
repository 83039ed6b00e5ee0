// Makes the query of a request: where it stands, how much is asked for, and how its prompt is built once it is to be sent.

import type { CompletionRequest } from "../../shared/completion.ts";
import type { Clock } from "../../shared/context.ts";
import type { FileRules } from "../exclusion/types.ts";
import type { Context } from "./context/context.ts";
import { buildPrompt, documentText, promptApart, type Prompt } from "./prompt/build.ts";
import { createSuffixMemory } from "./prompt/steady-suffix.ts";
import { createPromptPositions, type PromptPosition } from "./prompt-position.ts";
import type { CompletionQuery } from "./query.ts";
import type { CompletionService, ServiceCapabilities } from "./service.ts";
import type { CompletionSettings } from "./settings.ts";
import { planFor, prefetchFor } from "./strategy.ts";

interface Deps {
  readonly clock: Clock;
  /** The first decides the query; it can be fitted to the others. */
  readonly services: readonly [CompletionService, ...CompletionService[]];
  readonly context: Context;
  readonly rules: Pick<FileRules, "verdict">;
  /** Some service may be sent documents that the rules keep back. */
  readonly takesExcluded: boolean;
  readonly isAfterAccept: (documentId: string, position: PromptPosition) => boolean;
}

/**
 * `afterAccept`: the cursor stands where a suggestion that was just taken ended; absent: looked up. `isPreview`: nothing of
 * the prompt is remembered for the next one.
 */
export type QueryOf = (
  request: CompletionRequest,
  options?: { readonly afterAccept?: boolean; readonly isPreview?: boolean },
) => CompletionQuery;

export function createQueries(deps: Deps, settings: () => CompletionSettings): QueryOf {
  const { clock, services, context, rules, takesExcluded } = deps;
  const [{ capabilities: ownCapabilities }] = services;
  const positionOf = createPromptPositions();
  const suffixes = createSuffixMemory();

  /** What a service keeps may have come under a rule since it was told, and lends pieces to the prompts of others there. */
  const withdrawExcluded = (): void => {
    for (const { kept, forget } of services) {
      for (const id of kept?.() ?? []) {
        const open = context.documents.get(id);
        if (open && rules.verdict(open, open.text)) forget?.(id);
      }
    }
  };
  const promptFor = (
    request: CompletionRequest,
    layout: ServiceCapabilities["layout"],
    suffixFor: (documentId: string, suffix: string) => string,
  ): Prompt => {
    if (layout === "document") {
      withdrawExcluded();
      return documentText(request);
    }
    const { blocks, repository } = context.gather(request);
    const build = layout === "service" ? promptApart : buildPrompt;
    return build(request, {
      blocks,
      repository,
      contextStyle: settings().contextStyle,
      steady: (suffix) => (request.kind === "document" ? suffixFor(request.documentId, suffix) : suffix),
    });
  };

  return (request, { afterAccept, isPreview = false } = {}) => {
    const now = settings();
    const { trigger, languageId } = request;
    const documentId = request.kind === "document" ? request.documentId : undefined;
    const models = [request.model ?? "", now.model].filter((name) => name !== "");
    const subject = context.subjectOf(request);
    const position = positionOf(request, models, context.revisionFor(request));
    const isAfterAccept = documentId !== undefined && deps.isAfterAccept(documentId, position);
    const suffixFor = isPreview ? suffixes.peek : suffixes.steady;
    const fitted = (capabilities: ServiceCapabilities): Pick<CompletionQuery, "plan" | "prefetch" | "prompt"> => {
      const inputs = { settings: now, capabilities, afterAccept: afterAccept ?? isAfterAccept };
      const plan = planFor(request, inputs);
      const prefetch = prefetchFor(request, inputs, plan);
      return { plan, prefetch, prompt: () => promptFor(request, capabilities.layout, suffixFor) };
    };
    const own = fitted(ownCapabilities);
    return {
      ...own,
      trigger,
      documentId,
      languageId,
      models,
      position,
      // A program that asks for several, or for chance, wants others each time.
      isRepeatable: request.temperature === undefined && (own.plan.n === 1 || trigger !== "script"),
      isExcluded: takesExcluded && rules.verdict(subject.file, () => subject.text) !== undefined,
      subject,
      speculative: false,
      askedAtMs: clock.monotonicMs(),
      fitted: (capabilities) => (capabilities === ownCapabilities ? own : fitted(capabilities)),
    };
  };
}
