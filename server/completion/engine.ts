// The engine: one request in, one answer out, by a pipeline of plain steps. It knows neither who asks nor how the
// service is reached.

import type { CompletionRequest, CompletionResult, PartialSink } from "../../shared/completion.ts";
import type { Clock, Ctx, Log } from "../../shared/context.ts";
import type { SessionSource } from "../auth/types.ts";
import type { CopilotApi } from "../upstream/types.ts";
import { contextBlocks } from "./context/blocks.ts";
import { fit, preview } from "./fit.ts";
import { refuse } from "./gate.ts";
import { createGovernor } from "./governor.ts";
import { createLatest } from "./latest.ts";
import { createModelChoice } from "./model-choice.ts";
import { createPartials } from "./partials.ts";
import { buildPrompt } from "./prompt/build.ts";
import { sceneOf } from "./rules/scene.ts";
import type { CompletionSettings } from "./settings.ts";
import { planFor } from "./strategy.ts";
import type { Engine } from "./types.ts";
import { createUpstreamAnswers } from "./upstream-answers.ts";

export interface EngineDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly copilot: CopilotApi;
  readonly sessions: SessionSource;
  /** A new UUID at each call. */
  readonly newId: () => string;
}

/** `settings` is read at each request. */
export function createEngine(deps: EngineDeps, settings: () => CompletionSettings): Engine {
  const { newId } = deps;
  const latest = createLatest();
  const governor = createGovernor(deps, settings);
  const models = createModelChoice(deps);
  const ask = createUpstreamAnswers({ ...deps, governor, models });

  async function answer(ctx: Ctx, request: CompletionRequest, onPartial?: PartialSink): Promise<CompletionResult> {
    const now = settings();
    const reason = refuse(request, now);
    if (reason) return { kind: "empty", reason };

    const { trigger, languageId } = request;
    const prompt = buildPrompt(request, contextBlocks(request));
    const plan = planFor(request, now);
    const named = request.model ?? (now.model === "" ? undefined : now.model);
    const scene = request.kind === "document" ? sceneOf(request) : undefined;
    const look = scene ? (text: string) => preview(text, scene) : (text: string) => text;
    const progress = onPartial && createPartials(onPartial, look);

    const { model, source, choices } = await ask(ctx, { trigger, languageId, model: named, prompt, plan }, progress);
    if (choices.length === 0) return { kind: "empty", reason: "upstream-empty", model };

    const items = scene
      ? fit(choices, scene, newId)
      : choices.map(({ text }) => ({ id: newId(), text, replaceBefore: 0, replaceAfter: 0 }));
    return items.length > 0 ? { kind: "items", items, model, source } : { kind: "empty", reason: "filtered", model };
  }

  return {
    complete(ctx, request, onPartial) {
      const documentId = request.kind === "document" ? request.documentId : undefined;
      return latest.run(ctx, documentId, (linked) => answer(linked, request, onPartial));
    },
    limits: () => governor.state(),
    model: () => settings().model || models.known(),
    async close() {
      models.close();
      await latest.close();
    },
  };
}
