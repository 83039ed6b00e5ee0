// Ollama. `raw` takes the text with words that we write, whatever template the model has; with `suffix` the model's template
// puts them in, where it has a place for it. Source: docs/api.md and api/types.go of ollama/ollama.

import * as v from "valibot";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { ServiceCalls } from "./calls.ts";
import { chooseTemplate, unknownFamily } from "./choose-template.ts";
import { brokeOff, jsonLines, mostBytes } from "./lines.ts";
import { plainPrompt } from "./prompt-text.ts";
import { serviceFailure } from "./failure.ts";
import type { ServiceChoice } from "./settings.ts";
import { completionModel, type Wire, type WireRequest } from "./wire.ts";

const tags = v.object({
  models: v.array(v.object({ name: v.string(), capabilities: v.fallback(v.optional(v.array(v.string())), undefined) })),
});
const shown = v.object({
  capabilities: v.fallback(v.array(v.string()), []),
  template: v.fallback(v.string(), ""),
  parameters: v.fallback(v.string(), ""),
  model_info: v.fallback(v.record(v.string(), v.unknown()), {}),
});
const event = v.object({
  response: v.fallback(v.string(), ""),
  done: v.fallback(v.boolean(), false),
  done_reason: v.fallback(v.string(), ""),
  prompt_eval_count: v.fallback(v.optional(v.number()), undefined),
  error: v.optional(v.string()),
});
const anything = v.object({});

// Longer than its own five minutes: a model that is loaded anew keeps a person waiting for seconds.
const keepAlive = "30m";
const usualContextTokens = 4_096;

export function createOllama(
  { clock, calls }: { readonly clock: Clock; readonly calls: ServiceCalls },
  { model: wantedModel, template }: Pick<ServiceChoice, "model" | "template">,
): Wire & Required<Pick<Wire, "listNames">> {
  const list = async (ctx: Ctx) =>
    (await calls.json(ctx, { path: "/api/tags", what: "the list of models" }, tags)).models;
  const look = (ctx: Ctx, model: string) =>
    calls.json(ctx, { path: "/api/show", body: { model }, what: `the model ${model}` }, shown);
  const insertsBy = ({ capabilities, template: own }: v.InferOutput<typeof shown>): boolean =>
    capabilities.includes("insert") || own.includes(".Suffix");

  const body = ({ model, prompt, pieces, request, stop }: WireRequest): Readonly<Record<string, unknown>> => ({
    model: model.id,
    ...(prompt === undefined
      ? {
          prompt: plainPrompt(pieces, request.languageId),
          // Without one the model's chat template would be used.
          suffix: pieces.after || "\n",
        }
      : { prompt, raw: true }),
    stream: true,
    think: false,
    keep_alive: keepAlive,
    // A prompt that is too long is refused and not cut where the cursor is.
    truncate: false,
    options: { num_predict: request.maxTokens, temperature: request.temperature, top_p: request.topP, stop },
  });

  return {
    kind: "ollama",
    maxStops: Number.POSITIVE_INFINITY,
    usualContextTokens,
    isPaid: !calls.isLocal && calls.hasKey(),
    async lookUp(ctx) {
      const models = await list(ctx);
      const canFill = models.filter(
        ({ name, capabilities }) => capabilities?.includes("insert") || chooseTemplate("", name) !== undefined,
      );
      const id = wantedModel || canFill[0]?.name || models[0]?.name;
      if (id === undefined) {
        throw new CopilotError("bad-request", `Ollama at ${calls.host} has no model.`, {
          advice: "Get one: `ollama pull qwen2.5-coder:1.5b-base`.",
        });
      }
      const info = await look(ctx, id);
      const chosen = chooseTemplate(template, id) ?? (insertsBy(info) ? "server" : undefined);
      if (chosen === undefined) throw unknownFamily(id, undefined);
      if (chosen === "server" && !insertsBy(info)) {
        throw new CopilotError("bad-request", `The template of ${id} has no place for the text after the cursor.`, {
          advice: "Set service.template to the model's family.",
        });
      }
      // Loads it, so that no completion waits for that.
      const load = { model: id, keep_alive: keepAlive, stream: false };
      await calls.json(ctx, { path: "/api/generate", body: load, what: `the model ${id}` }, anything);
      return {
        id,
        template: chosen,
        contextTokens: contextOf(info),
        alternatives: 1,
        models: models.map(({ name }) => completionModel(name, "ollama")),
      };
    },
    listNames: async (ctx) => (await list(ctx)).map(({ name }) => name),
    async *complete(ctx, sent) {
      const response = await calls.open(ctx, { path: "/api/generate", body: body(sent), what: "the completion" });
      let isDone = false;
      for await (const json of jsonLines(response, mostBytes(sent.request.maxTokens))) {
        const parsed = v.safeParse(event, json);
        if (!parsed.success) continue;
        const { response: text, done, done_reason: why, prompt_eval_count: promptTokens, error } = parsed.output;
        if (error !== undefined) {
          const facts = { host: calls.host, what: "the completion", status: 500, headers: {}, secrets: [] };
          throw serviceFailure({ ...facts, body: JSON.stringify({ error }), nowMs: clock.nowMs() });
        }
        isDone ||= done;
        yield {
          index: 0,
          text,
          finishReason: done ? (why === "length" ? "length" : "stop") : null,
          ...(done && promptTokens !== undefined ? { promptTokens } : {}),
        };
      }
      if (!isDone) throw brokeOff(calls.host);
    },
    body,
  };
}

/** What the model is loaded with: by its own parameters, else Ollama's default, never more than it was trained for. */
function contextOf({ parameters, model_info: info }: v.InferOutput<typeof shown>): number {
  const own = /^num_ctx\s+(\d+)/m.exec(parameters)?.[1];
  const trained = Object.entries(info).find(([key]) => key.endsWith(".context_length"))?.[1];
  return Math.min(
    own === undefined ? usualContextTokens : Number(own),
    typeof trained === "number" ? trained : Number.POSITIVE_INFINITY,
  );
}
