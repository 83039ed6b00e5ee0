// `POST /infill` and `POST /completion`: the llama.cpp server's, for clients such as llama.vim. What only tunes a model
// of one's own (samplers, slots, caches) is ignored.

import type { ContextFile } from "../../../shared/completion.ts";
import type { Core } from "../../core/types.ts";
import { answerFacts, apiAnswerFormat } from "../formats/api.ts";
import { respond } from "../formats/format.ts";
import { llamaFormat } from "../formats/llama.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { completeInFrame, type GatewayRequest, readGatewayRequest, usualModel } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";
import type { RequestContext } from "../request/request-context.ts";
import { llamaErrors } from "../response/error-format.ts";
import { withinTime } from "../response/time-budget.ts";
import type { Route } from "../route.ts";

const maxTokensName = "n_predict";
const maxResponseFields = 1_024;

// Clients keep a ring of a few dozen.
const maxExtras = 1_024;

/** `input_extra`: pieces of other files, the newest last. */
function extrasOf(fields: Fields): readonly ContextFile[] {
  return fields.optionalObjects("input_extra", maxExtras).flatMap((extra) => {
    const text = extra.string("text");
    const path = extra.optionalString("filename");
    if (text.trim() === "") return [];
    return [path ? { path, text } : { text }];
  });
}

/** Body of `/infill`: the lines before the cursor's, what stands before it on its own, and all that follows it. */
export function infillRequest(fields: Fields): GatewayRequest {
  const linesBefore = fields.optionalString("input_prefix") ?? "";
  const lineBefore = fields.optionalString("prompt") ?? "";
  const { request, frame } = readGatewayRequest(fields, {
    // The text is the client's file and not a prompt, so that no template is looked for in it.
    prompt: "",
    suffix: fields.optionalString("input_suffix"),
    model: fields.optionalModel("model"),
    files: extrasOf(fields),
    maxTokensName,
    outOfRange: "clamped",
  });
  return { request: { ...request, before: linesBefore + lineBefore }, frame };
}

export function completionRequest(fields: Fields): GatewayRequest {
  const model = fields.optionalModel("model");
  return readGatewayRequest(fields, { prompt: fields.string("prompt"), model, maxTokensName, outOfRange: "clamped" });
}

async function answer(core: Core, context: RequestContext, toRequest: (fields: Fields) => GatewayRequest) {
  const { ctx, clock } = context;
  const fields = readFields(await readJson(context));
  const question = toRequest(fields);
  const model = (): string => question.request.model ?? usualModel(core);
  const facts = answerFacts(context, [question.request], model);
  const budgetMs = fields.optionalNumber("t_max_predict_ms", -Infinity, Infinity) ?? 0;
  const asksForNothing = fields.optionalNumber(maxTokensName, -Infinity, Infinity) === 0;
  const isStreamed = fields.optionalBoolean("stream") ?? false;
  const responseFields = fields.optionalStrings("response_fields", maxResponseFields);
  // The time is that of the text; what a template puts around it comes whole.
  const ask: Core["complete"] = (outer, request, onPartial) =>
    withinTime(outer, clock, budgetMs > 0 ? budgetMs : undefined, model(), onPartial, (inner, sink) =>
      core.complete(inner, request, sink),
    );
  await respond(apiAnswerFormat(context, isStreamed, llamaFormat(facts, responseFields)), async (onPartial) => {
    // Asks a server of one's own to read the prompt ahead of time: nothing to be answered, and nothing to be paid for.
    if (asksForNothing) return { kind: "empty", reason: "disabled" };
    return completeInFrame(ask, ctx, question, model(), onPartial);
  });
}

export function createLlamaRoute(
  deps: { readonly core: Core },
  path: string,
  toRequest: (fields: Fields) => GatewayRequest,
): Route {
  return {
    path,
    errorFormat: llamaErrors,
    methods: { POST: (context) => answer(deps.core, context, toRequest) },
  };
}
