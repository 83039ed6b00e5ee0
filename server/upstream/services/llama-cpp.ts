// llama.cpp's `llama-server`. `/completion` takes raw text, which lets it reuse the beginning of the last prompt; `/infill`
// puts the text together itself, and works out the suffix anew at each key. Sources: tools/server/README.md of llama.cpp,
// and what version 0.7.0 answers.

import * as v from "valibot";
import type { Clock, Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { sleep } from "../../runtime/cancel.ts";
import type { ServiceCalls } from "./calls.ts";
import { chooseTemplate, unknownFamily } from "./choose-template.ts";
import { brokeOff, jsonLines, mostBytes } from "./lines.ts";
import type { ServiceChoice } from "./settings.ts";
import { completionModel, type Wire, type WireRequest } from "./wire.ts";

const models = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      meta: v.fallback(v.nullish(v.object({ n_ctx: v.fallback(v.optional(v.number()), undefined) })), undefined),
    }),
  ),
});
const props = v.object({
  total_slots: v.fallback(v.number(), 1),
  default_generation_settings: v.fallback(v.object({ n_ctx: v.optional(v.number()) }), {}),
});
const event = v.object({
  index: v.fallback(v.number(), 0),
  content: v.fallback(v.string(), ""),
  stop: v.fallback(v.boolean(), false),
  stop_type: v.fallback(v.string(), ""),
  tokens_evaluated: v.fallback(v.optional(v.number()), undefined),
  error: v.optional(v.object({ message: v.fallback(v.string(), "") })),
});

const loadingPollMs = 250;
const longestLoadMs = 120_000;
// The last event repeats the prompt, with escapes.
const bytesPerPromptChar = 8;

export function createLlamaCpp(
  { clock, calls }: { readonly clock: Clock; readonly calls: ServiceCalls },
  { model: wantedModel, template }: Pick<ServiceChoice, "model" | "template">,
): Wire & Required<Pick<Wire, "listNames">> {
  // Of several behind one address the body names the one to ask; else that is ignored.
  let asked = wantedModel;
  const list = async (ctx: Ctx) => {
    const call = { path: "/v1/models", what: "the list of models" };
    return (await whenLoaded(ctx, () => calls.json(ctx, call, models))).data;
  };
  /** It answers 503 while a model is being loaded. */
  const whenLoaded = async <T>(ctx: Ctx, ask: () => Promise<T>): Promise<T> => {
    const untilMs = clock.monotonicMs() + longestLoadMs;
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        const isLoading = error instanceof CopilotError && error.httpStatus === 503;
        if (!isLoading || clock.monotonicMs() > untilMs) throw error;
        await sleep(ctx, clock, loadingPollMs);
      }
    }
  };
  const body = ({ prompt, pieces, request, n, stop }: WireRequest): Readonly<Record<string, unknown>> => ({
    ...(prompt === undefined
      ? {
          input_prefix: pieces.heading + pieces.above + pieces.line,
          input_suffix: pieces.after,
          input_extra: pieces.files.map(({ path, text }) => ({ filename: path ?? "", text })),
        }
      : { prompt }),
    ...(asked === "" ? {} : { model: asked }),
    n_predict: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop,
    stream: true,
    cache_prompt: true,
    ...(n > 1 ? { n } : {}),
  });

  return {
    kind: "llama.cpp",
    maxStops: Number.POSITIVE_INFINITY,
    usualContextTokens: 2_048,
    isPaid: false,
    async lookUp(ctx) {
      const data = await list(ctx);
      const served =
        data.find(({ id }) => id === wantedModel || baseName(id) === wantedModel) ??
        data.find(({ id }) => chooseTemplate("", baseName(id))) ??
        data[0];
      if (!served)
        throw new CopilotError("bad-request", `${calls.host} has no model.`, { advice: "Start it with one." });
      if (wantedModel === "" && data.length > 1) asked = served.id;
      const name = baseName(served.id);
      const chosen = chooseTemplate(template, name);
      if (chosen === undefined) throw unknownFamily(name, "which has llama-server write them and is slower");
      const { total_slots, default_generation_settings: settings } = await calls
        .json(ctx, { path: "/props", what: "its properties" }, props)
        .catch(() => ({ total_slots: 1, default_generation_settings: { n_ctx: undefined } }));
      return {
        id: name,
        template: chosen,
        contextTokens: settings.n_ctx ?? served.meta?.n_ctx,
        alternatives: Math.max(1, total_slots),
        models: data.map(({ id }) => completionModel(baseName(id), "llama.cpp")),
      };
    },
    listNames: async (ctx) => (await list(ctx)).map(({ id }) => baseName(id)),
    async *complete(ctx, sent) {
      const path = sent.prompt === undefined ? "/infill" : "/completion";
      const call = { path, body: body(sent), what: "the completion" };
      const response = await whenLoaded(ctx, () => calls.open(ctx, call));
      const promptBytes = (sent.prompt?.length ?? 0) * bytesPerPromptChar;
      let hasEnded = false;
      for await (const json of jsonLines(response, mostBytes(sent.n * sent.request.maxTokens) + promptBytes)) {
        const parsed = v.safeParse(event, json);
        if (!parsed.success) continue;
        const { index, content, stop, stop_type: why, tokens_evaluated: promptTokens, error } = parsed.output;
        if (error) {
          throw new CopilotError(
            "upstream-failed",
            `${calls.host} failed in the middle of the completion: ${error.message}`,
          );
        }
        hasEnded ||= stop;
        yield {
          index,
          text: content,
          finishReason: stop ? (why === "limit" ? "length" : "stop") : null,
          ...(stop && promptTokens !== undefined ? { promptTokens } : {}),
        };
      }
      if (!hasEnded) throw brokeOff(calls.host);
    },
    body,
  };
}

/** Without an alias the server names a model by its file, with all folders. */
function baseName(id: string): string {
  return /\.gguf$/i.test(id) ? (id.split(/[\\/]/).at(-1) ?? id) : id;
}
