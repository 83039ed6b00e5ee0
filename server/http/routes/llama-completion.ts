// `POST /infill` and `POST /completion`: the llama.cpp server's, for clients such as llama.vim. What only tunes a model
// of one's own (samplers, slots, caches) is ignored.

import type { ContextFile } from "../../../shared/completion.ts";
import type { Core } from "../../core/types.ts";
import { llamaDialect } from "../response/error-format.ts";
import type { Exchange, Route } from "../request/exchange.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { respond } from "../formats/format.ts";
import { FramedFormat } from "../formats/framed.ts";
import { llamaBody, llamaFraming } from "../formats/llama.ts";
import { createWholeFormat } from "../formats/whole.ts";
import { complete, type GatewayRequest, placeOf, toGatewayRequest } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";
import { withinTime } from "../response/time-budget.ts";

function commonOf(fields: Fields) {
  const maxTokens = fields.optionalInteger("n_predict", -2, 1_000_000);
  return {
    // -1 and -2 are "as many as it takes".
    maxTokens: maxTokens !== undefined && maxTokens > 0 ? maxTokens : undefined,
    model: fields.optionalString("model"),
    n: undefined,
    stop: fields.optionalStrings("stop", 32),
    temperature: fields.optionalNumber("temperature", 0, 2),
    topP: fields.optionalNumber("top_p", 0, 1),
    ...placeOf(fields),
  };
}

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
  const suffix = fields.optionalString("input_suffix");
  const { request, frame } = toGatewayRequest({ ...commonOf(fields), prompt: "", suffix, files: extrasOf(fields) });
  return { request: { ...request, before: linesBefore + lineBefore }, frame };
}

export function completionRequest(fields: Fields): GatewayRequest {
  return toGatewayRequest({ ...commonOf(fields), prompt: fields.string("prompt"), suffix: undefined });
}

async function answer(core: Core, exchange: Exchange, toRequest: (fields: Fields) => GatewayRequest): Promise<void> {
  const { ctx, clock } = exchange;
  const fields = readFields(await readJson(exchange));
  const asked = toRequest(fields);
  const { request } = asked;
  const facts = {
    request,
    model: request.model ?? core.model() ?? "copilot",
    startedMs: clock.monotonicMs(),
    nowMs: () => clock.monotonicMs(),
    fields: fields.optionalStrings("response_fields", 64),
  };
  const budgetMs = fields.optionalInteger("t_max_predict_ms", 0, 3_600_000);
  const format = fields.optionalBoolean("stream")
    ? new FramedFormat(exchange, llamaFraming(facts))
    : createWholeFormat(exchange, (result) => llamaBody(result, facts));
  await respond(format, async (onPartial) => {
    // Asks a server of one's own to read the prompt ahead of time: nothing to be answered, and nothing to be paid for.
    if (fields.optionalInteger("n_predict", -2, 1_000_000) === 0) return { kind: "empty", reason: "disabled" };
    // The time is that of the text; what a template puts around it comes whole.
    const inTime: Pick<Core, "complete" | "model"> = {
      model: () => core.model(),
      complete: (outer, question, sink) =>
        withinTime(outer, clock, budgetMs || undefined, facts.model, sink, (inner, innerSink) =>
          core.complete(inner, question, innerSink),
        ),
    };
    return complete(inTime, ctx, asked, onPartial);
  });
}

export function createLlamaRoute(
  deps: { readonly core: Core },
  path: string,
  toRequest: (fields: Fields) => GatewayRequest,
): Route {
  return {
    path,
    dialect: llamaDialect,
    methods: { POST: (exchange) => answer(deps.core, exchange, toRequest) },
  };
}
