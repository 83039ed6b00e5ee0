// The engine: one request in, one answer out, by a pipeline of plain steps. It knows neither who asks nor how the
// service is reached.

import type {
  CompletionItem,
  CompletionRequest,
  CompletionResult,
  ItemSink,
  PartialSink,
} from "../../shared/completion.ts";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { SessionSource } from "../auth/types.ts";
import type { CopilotApi } from "../upstream/types.ts";
import { createLookahead } from "./speculation/speculation.ts";
import { createContext } from "./context/context.ts";
import { createFitting, preview } from "./postprocess/postprocess.ts";
import { refuse } from "./skip-reason.ts";
import { createGovernor } from "../governor/governor.ts";
import { createLatest } from "./latest.ts";
import { createAnswerCache } from "./cache/answer-cache.ts";
import { placeOf } from "./prompt-position.ts";
import { remembering } from "./cache/with-cache.ts";
import { createSuggestions } from "./cache/shown-suggestions.ts";
import { createModelChoice } from "./model-choice.ts";
import { pacing } from "./debounce/with-debounce.ts";
import { createPatience } from "./in-flight/stall-timeout.ts";
import { createRhythm } from "./debounce/typing-cadence.ts";
import { createPartials } from "./partials.ts";
import { buildPrompt, type Prompt } from "./prompt/build.ts";
import { createSuffixMemory, type SuffixMemory } from "./prompt/steady-suffix.ts";
import { type Answer, type Progress, type Question, wordsOf } from "./query.ts";
import { sceneOf } from "./postprocess/cursor-context.ts";
import type { CompletionSettings } from "./settings.ts";
import { createFlights } from "./in-flight/in-flight-requests.ts";
import { joining } from "./in-flight/with-request-sharing.ts";
import { askedFor, type Moment, planFor } from "./strategy.ts";
import type { Engine } from "./types.ts";
import { bodyOf, createUpstreamAnswers } from "./service-source.ts";

export interface EngineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: CopilotApi;
  readonly sessions: SessionSource;
  /** A new UUID at each call. */
  readonly newId: () => string;
  /** Addresses of the git remotes of a file's work tree, `origin` first. Never rejects. */
  readonly findRemotes: (file: string) => Promise<readonly string[]>;
}

const cacheBytes = 2 * 1024 * 1024;

/** `settings` is read at each request. */
export function createEngine(deps: EngineDeps, settings: () => CompletionSettings): Engine {
  const { clock, newId } = deps;
  const latest = createLatest();
  const governor = createGovernor(deps, settings);
  const models = createModelChoice(deps);
  const context = createContext(deps, settings);
  const suffixes = createSuffixMemory();
  const cache = createAnswerCache(cacheBytes);
  const suggestions = createSuggestions();
  const rhythm = createRhythm(clock);
  const flights = createFlights({
    clock,
    source: createUpstreamAnswers({ ...deps, governor, models }),
    modelOf: ({ model }) => model ?? models.known() ?? "",
    patience: createPatience(),
    onLanded(question, { choices, model, finish }, tookMs) {
      rhythm.onAnswer(tookMs);
      if (!question.isRepeatable) return;
      cache.keep(question.place, question.asked, { texts: choices.map(wordsOf), model, finish }, question.isAhead);
    },
  });
  // From memory, else shared, else asked for when it is worth it.
  const ask = remembering(
    { suggestions, cache, onKey: rhythm.onKey },
    joining(flights, pacing(clock, rhythm, flights.launch)),
  );
  const ahead = createLookahead(
    {
      ...deps,
      documents: context.documents,
      suggestions,
      ask,
      keysPerAnswer: rhythm.keysPerAnswer,
      questionOf: (request, moment) => ({ ...questionOf(request, moment), isAhead: true }),
    },
    settings,
  );

  function questionOf(request: CompletionRequest, moment?: Moment, suffixFor = suffixes.steady): Question {
    const now = settings();
    const { trigger, languageId } = request;
    const documentId = request.kind === "document" ? request.documentId : undefined;
    const model = request.model ?? (now.model === "" ? undefined : now.model);
    const place = placeOf(request, model);
    const here = moment ?? (documentId === undefined ? "usual" : ahead.momentAt(documentId, place));
    const plan = planFor(request, now, here);
    return {
      trigger,
      documentId,
      languageId,
      model,
      place,
      plan,
      asked: askedFor(request, now, plan),
      // A program that asks for several, or for chance, wants others each time.
      isRepeatable: request.temperature === undefined && (plan.n === 1 || trigger !== "script"),
      isAhead: false,
      askedAtMs: clock.monotonicMs(),
      prompt: () => promptFor(request, suffixFor),
    };
  }

  function promptFor(request: CompletionRequest, suffixFor: SuffixMemory["steady"]): Prompt {
    const { blocks, repository } = context.gather(request);
    return buildPrompt(request, {
      blocks,
      repository,
      contextStyle: settings().contextStyle,
      steady: (suffix) => (request.kind === "document" ? suffixFor(request.documentId, suffix) : suffix),
    });
  }

  async function answer(
    ctx: Ctx,
    request: CompletionRequest,
    onPartial?: PartialSink,
    onItem?: ItemSink,
  ): Promise<CompletionResult> {
    const reason = refuse(request, settings());
    if (reason) return { kind: "empty", reason };

    const question = questionOf(request);
    if (question.documentId !== undefined) ahead.onQuestion(question.documentId, question.place);
    const scene = request.kind === "document" ? sceneOf(request) : undefined;
    const look = scene ? (text: string) => preview(text, scene) : (text: string) => text;
    const grow = onPartial && createPartials(onPartial, look);
    const fitting = createFitting(scene, newId);
    const tellItems: Progress = async (index, text, part) => {
      await grow?.(index, text);
      const item = part === "whole" ? fitting({ index, text }) : undefined;
      if (item) await onItem?.(item);
    };

    const answer = await ask(ctx, question, onItem ? tellItems : grow);
    const { choices, model, source, finish } = answer;
    const items = choices.map(fitting).filter((item) => item !== undefined);
    note(question, request, answer, items);
    if (choices.length === 0) {
      return { kind: "empty", reason: "upstream-empty", model, finish };
    }
    return items.length > 0 ? { kind: "items", items, model, source } : { kind: "empty", reason: "filtered", model };
  }

  function note(
    question: Question,
    request: CompletionRequest,
    answer: Answer,
    items: readonly CompletionItem[],
  ): void {
    if (request.kind !== "document" || request.trigger === "script") return;
    suggestions.offer(question, request, answer, items);
    ahead.onOffer(request.documentId, answer);
  }

  return {
    complete(ctx, request, onPartial, onItem) {
      const documentId = request.kind === "document" ? request.documentId : undefined;
      return latest.run(ctx, documentId, (linked) => answer(linked, request, onPartial, onItem));
    },
    shown: ahead.shown,
    accepted: (itemId, part) => ahead.accepted(itemId, part === undefined),
    rejected: ahead.rejected,
    async preview(request) {
      await context.settled(request);
      const question = questionOf(request, undefined, suffixes.peek);
      const model = question.model ?? models.known();
      const reason = refuse(request, settings());
      const body = bodyOf(question);
      return { body, ...(model === undefined ? {} : { model }), ...(reason === undefined ? {} : { reason }) };
    },
    documents: context.documents,
    limits: () => governor.state(),
    model: () => settings().model || models.known(),
    async close() {
      ahead.close();
      flights.close();
      models.close();
      await latest.close();
    },
  };
}
