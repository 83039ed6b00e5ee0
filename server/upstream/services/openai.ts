// A completion endpoint shaped like OpenAI's: vLLM, LM Studio, DeepSeek and others. Some honour `suffix`, some refuse it, and
// some ignore it without a word, so that it is sent only after it was measured. The chat endpoint is never asked: chat
// models explain instead of completing.

import * as v from "valibot";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { ServiceCalls } from "./calls.ts";
import { choicesOf } from "./chunks.ts";
import { mostBytes } from "./lines.ts";
import { chooseTemplate, unknownFamily } from "./choose-template.ts";
import { plainPrompt } from "./prompt-text.ts";
import type { ServiceChoice } from "./settings.ts";
import { completionModel, type Wire, type WireRequest } from "./wire.ts";

const models = v.object({
  data: v.array(v.object({ id: v.string(), max_model_len: v.fallback(v.nullish(v.number()), undefined) })),
});
const measured = v.object({ usage: v.object({ prompt_tokens: v.number() }) });

const measuringPrompt = "def add(a, b):\n    return";
const measuringSuffix = "\nprint(add(1, 2))".repeat(8);

export function createOpenAi(
  { calls }: { readonly calls: ServiceCalls },
  { model: wantedModel, template }: Pick<ServiceChoice, "model" | "template">,
): Wire {
  const countTokens = async (ctx: Ctx, model: string, suffix?: string): Promise<number> => {
    const body = { model, prompt: measuringPrompt, max_tokens: 1, ...(suffix === undefined ? {} : { suffix }) };
    const { usage } = await calls.json(ctx, { path: "/completions", body, what: "a count of tokens" }, measured);
    return usage.prompt_tokens;
  };
  /** Whether a suffix reaches the model: it is honoured where it makes the prompt longer. */
  const honoursSuffix = async (ctx: Ctx, model: string): Promise<boolean> => {
    const without = await countTokens(ctx, model);
    try {
      return (await countTokens(ctx, model, measuringSuffix)) > without;
    } catch (error) {
      if (error instanceof CopilotError && (error.httpStatus === 400 || error.httpStatus === 422)) return false;
      throw error;
    }
  };
  const body = ({ model, prompt, pieces, request, stop }: WireRequest): Readonly<Record<string, unknown>> => ({
    model: model.id,
    ...(prompt === undefined
      ? {
          prompt: plainPrompt(pieces, request.languageId),
          suffix: pieces.after,
        }
      : { prompt }),
    max_tokens: request.maxTokens,
    temperature: request.temperature,
    top_p: request.topP,
    stop,
    stream: true,
  });

  return {
    kind: "openai",
    // OpenAI's limit; what more is wanted is cut here.
    maxStops: 4,
    usualContextTokens: 2_048,
    isPaid: !calls.isLocal,
    async lookUp(ctx) {
      const { data } = await calls.json(ctx, { path: "/models", what: "the list of models" }, models);
      const served = data.find(({ id }) => id === wantedModel);
      const id = wantedModel || data.find((one) => chooseTemplate("", one.id))?.id || data[0]?.id;
      if (id === undefined) {
        throw new CopilotError("bad-request", `${calls.host} lists no model.`, { advice: "Set service.model." });
      }
      const named = chooseTemplate(template, id);
      const mayUseSuffix = named === undefined || named === "server";
      const isHonoured = mayUseSuffix && (await honoursSuffix(ctx, id));
      if (named === "server" && !isHonoured) {
        throw new CopilotError("bad-request", `${calls.host} ignores or refuses a suffix (measured with ${id}).`, {
          advice: "Set service.template to the model's family.",
        });
      }
      const chosen = named ?? (isHonoured ? "server" : undefined);
      if (chosen === undefined) throw unknownFamily(id, undefined);
      return {
        id,
        template: chosen,
        contextTokens: (served ?? data.find((one) => one.id === id))?.max_model_len ?? undefined,
        alternatives: 1,
        models: data.map((one) => completionModel(one.id, calls.host)),
      };
    },
    async *complete(ctx, sent) {
      const response = await calls.open(ctx, { path: "/completions", body: body(sent), what: "the completion" });
      yield* choicesOf(response, mostBytes(sent.request.maxTokens));
    },
    body,
  };
}
