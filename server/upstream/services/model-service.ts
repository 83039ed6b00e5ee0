// A service with a model behind an address as the engine's completion service: which model it is, the prompt in its words
// and within its context, and the answer without them. The wire is one of the other files.

import type { Clock, Ctx, Log } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { ModelInfo, ServiceReport } from "../../../shared/status.ts";
import type { CompletionService, ServiceRequest } from "../../completion/service.ts";
import { linkAbort } from "../../runtime/cancel.ts";
import { ServiceRefusal, type ServiceCalls } from "./calls.ts";
import { givenIndentation, withIndentation } from "./indentation.ts";
import { createQuotaRetry } from "../quota-retry.ts";
import { createLookUp } from "./look-up.ts";
import { createPromptLayout } from "./prompt-layout.ts";
import { endWords, promptText } from "./prompt-text.ts";
import { cutAtWords } from "./stop-words.ts";
import type { ServedModel, Wire, WireDelta, WireRequest } from "./wire.ts";

export interface ModelService extends CompletionService {
  /** Throws as `account`. */
  models(ctx: Ctx): Promise<readonly ModelInfo[]>;
  report(): ServiceReport;
  /** Looks the model up, so that the first completion does not wait for that, or for it to be loaded. Never throws. */
  warm(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly calls: ServiceCalls;
  readonly wire: Wire;
}

// What a request costs beyond its text: words of the template, and the word that every text begins with.
const reservedTokens = 32;
const answerShare = 0.25;
// Of source text, with the vocabulary of a code model; fewer are learnt from the service.
const usualCharsPerToken = 3;
const leastCharsPerToken = 0.25;
const cautious = 0.95;
const leastChars = 64;
const mostContextTokens = 10_000;
const maxShrinks = 3;
const minStallMs = 60_000;

export function createModelService({ clock, log, calls, wire }: Deps): ModelService {
  const life = linkAbort();
  const layout = createPromptLayout();
  let contextTokens: number | undefined;
  let charsPerToken = usualCharsPerToken;
  let hasToldWord = false;
  let tokensPerSecond: number | undefined;

  const quotaRetry = createQuotaRetry(clock);
  const served = createLookUp({ clock }, async (): Promise<ServedModel> => {
    const ctx: Ctx = { signal: life.signal, log, id: `look-up ${wire.kind}` };
    await calls.refuseOurselves(ctx);
    const model = await wire.lookUp(ctx);
    contextTokens = model.contextTokens ?? contextTokens;
    log.info(`${wire.kind} at ${calls.host} answers with ${model.id}`, {
      template: model.template === "server" ? "server" : model.template.id,
      context: model.contextTokens,
    });
    return model;
  });

  const budgetChars = ({ maxTokens }: ServiceRequest): number => {
    const context = Math.min(contextTokens ?? wire.usualContextTokens, mostContextTokens);
    const answerTokens = Math.min(maxTokens, context * answerShare);
    const chars = Math.floor((context - answerTokens - reservedTokens) * charsPerToken);
    return Math.max(leastChars, Math.min(chars, wire.maxChars ?? chars));
  };
  const prepare = (model: ServedModel, request: ServiceRequest): WireRequest => {
    const text = layout.cut(request, budgetChars(request));
    const pieces = { ...text, line: text.line + givenIndentation(request.indentation) };
    const { template } = model;
    const words = template === "server" ? [] : endWords(template);
    return {
      model,
      prompt: template === "server" ? undefined : promptText(template, pieces, request),
      pieces,
      request,
      n: Math.min(request.n, model.alternatives),
      stop: [...request.stop, ...words].slice(0, wire.maxStops),
    };
  };
  const charsOf = ({ prompt, pieces }: WireRequest): number =>
    prompt?.length ?? pieces.heading.length + pieces.above.length + pieces.line.length + pieces.after.length;

  /** Learns from an answer how much text fits; another density than expected only matters where it gets tight. */
  const learn = (sent: WireRequest, promptTokens: number): void => {
    const context = contextTokens ?? wire.usualContextTokens;
    const density = charsOf(sent) / Math.max(1, promptTokens);
    if (promptTokens > context * (1 - answerShare) && density < charsPerToken) shrinkTo(density);
  };
  const shrinkTo = (density: number): void => {
    charsPerToken = Math.max(leastCharsPerToken, Math.min(charsPerToken, density) * cautious);
  };
  /** Whether the request was too long and the next one will be shorter. */
  const hasShrunk = (error: unknown, sent: WireRequest): boolean => {
    if (!(error instanceof ServiceRefusal) || error.httpStatus !== 400) return false;
    const excess = readExcess(error.body);
    if (!excess) return false;
    contextTokens = excess.contextTokens ?? contextTokens;
    const density = excess.promptTokens === undefined ? charsPerToken / 2 : charsOf(sent) / excess.promptTokens;
    shrinkTo(density);
    log.info("the prompt was longer than the model's context and is sent again, shorter", {
      context: excess.contextTokens,
      promptTokens: excess.promptTokens,
    });
    return true;
  };
  const onWord = (word: string): void => {
    if (hasToldWord) return;
    hasToldWord = true;
    log.warn(
      `an answer of ${served.known()?.id ?? "the model"} holds ${word}: service.template may name another family`,
    );
  };

  async function* attempt(ctx: Ctx, sent: WireRequest): AsyncGenerator<WireDelta, undefined> {
    const { template } = sent.model;
    const raw = wire.complete(ctx, sent);
    const deltas = template === "server" ? raw : cutAtWords(raw, endWords(template), onWord);
    let tokens = 0;
    let firstMs = 0;
    for await (const delta of withIndentation(deltas, sent.request.indentation)) {
      if (delta.promptTokens !== undefined) learn(sent, delta.promptTokens);
      if (delta.text !== "") tokens += 1;
      if (tokens === 1) firstMs = clock.monotonicMs();
      // Most services send a token at a time.
      const tookMs = clock.monotonicMs() - firstMs;
      if (tokens > 1 && tookMs > 0) tokensPerSecond = ((tokens - 1) * 1_000) / tookMs;
      yield delta;
    }
  }

  return {
    capabilities: {
      maxStops: wire.maxStops,
      trimsByIndentation: false,
      layout: "service",
      minStallMs,
      countsCompletions: () => wire.isPaid,
    },
    async account(ctx) {
      const mark = await calls.keyMark();
      served.renew(mark);
      await served.get(ctx);
      return { key: `${wire.kind} ${mark} ${quotaRetry.key()}`, isSpent: false };
    },
    chooseModel: async (ctx) => (await served.get(ctx)).id,
    knownModel: () => served.known()?.id,
    async *complete(ctx, request) {
      const model = await served.get(ctx);
      for (let shrinks = 0; ; shrinks += 1) {
        const sent = prepare(model, request);
        try {
          yield* attempt(ctx, sent);
          return;
        } catch (error) {
          served.failed(error);
          quotaRetry.note(error);
          if (shrinks === maxShrinks || !hasShrunk(error, sent)) throw error;
        }
      }
    },
    preview(request) {
      const model = served.known();
      return model ? wire.body(prepare(model, request)) : { prompt: request.prompt, suffix: request.suffix };
    },
    report() {
      const model = served.known();
      return {
        kind: wire.kind,
        address: calls.host,
        hasKey: calls.hasKey(),
        model: model?.id,
        template: model && (model.template === "server" ? "server" : model.template.id),
        contextTokens,
        tokensPerSecond: tokensPerSecond === undefined ? undefined : Math.round(tokensPerSecond),
      };
    },
    models: async (ctx) => (await served.get(ctx)).models,
    warm() {
      void served.get({ signal: life.signal, log, id: "warm-up" }).catch((error: unknown) => {
        if (!life.signal.aborted) log.debug("the service could not be looked up", { error: String(error) });
      });
    },
    close() {
      life.abort(new CopilotError("closing", "The service was closed."));
    },
  };
}

interface Excess {
  readonly contextTokens: number | undefined;
  readonly promptTokens: number | undefined;
}

/** What a refusal says of a prompt that is too long; undefined for another refusal. */
function readExcess(body: string): Excess | undefined {
  if (!/context|too long|maximum.*tokens/i.test(body)) return undefined;
  const number = (pattern: RegExp): number | undefined => {
    const found = pattern.exec(body)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return {
    // llama-server says both as fields; vLLM and OpenAI in a sentence.
    contextTokens: number(/"n_ctx": *(\d+)/) ?? number(/maximum (?:context|model) length (?:is|of) (\d+)/i),
    promptTokens: number(/"n_prompt_tokens": *(\d+)/) ?? number(/\b(\d+) (?:tokens )?in the (?:messages|prompt)/i),
  };
}
