// `POST /v1/completions` and `/v1/engines/{model}/completions`: OpenAI's legacy completions, with `suffix`. Fields that
// mean nothing here (`user`, `seed`, penalties, `best_of`) are ignored.

import type { CompletionItem, CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Core } from "../../core/types.ts";
import { alternative } from "../response/alternatives.ts";
import { openaiDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { finishOf } from "../formats/finish.ts";
import { respond } from "../formats/format.ts";
import { FramedFormat } from "../formats/framed.ts";
import { openaiBody, OpenaiFraming } from "../formats/openai.ts";
import { createWholeFormat } from "../formats/whole.ts";
import { complete, type GatewayRequest, placeOf, toGatewayRequest } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";

const maxPrompts = 8;

/** One question for each prompt. Throws `bad-request`. */
function toRequests(fields: Fields, engine: string | undefined): readonly GatewayRequest[] {
  if (fields.optionalBoolean("echo")) throw new CopilotError("bad-request", '"echo" is not supported.');
  const suffix = fields.optionalString("suffix");
  const model = engine ?? fields.optionalString("model");
  const n = fields.optionalInteger("n", 1, 10);
  const stop = fields.optionalStrings("stop", 16);
  const maxTokens = fields.optionalInteger("max_tokens", 1, 1_000_000);
  const temperature = fields.optionalNumber("temperature", 0, 2);
  const topP = fields.optionalNumber("top_p", 0, 1);
  const { path, languageId } = placeOf(fields);
  return fields
    .texts("prompt", maxPrompts)
    .map((prompt) =>
      toGatewayRequest({ prompt, suffix, model, n, stop, maxTokens, temperature, topP, path, languageId }),
    );
}

/** Asks one after the other; the choices of prompt `p` have the indexes from `p * n` on. */
async function askInTurn(
  core: Core,
  ctx: Ctx,
  questions: readonly GatewayRequest[],
  onPartial: PartialSink | undefined,
): Promise<CompletionResult> {
  const items: CompletionItem[] = [];
  let last: CompletionResult | undefined;
  for (const [position, question] of questions.entries()) {
    const n = question.request.n ?? 1;
    const offset = position * n;
    const sink: PartialSink | undefined =
      onPartial && (({ index, text }) => onPartial({ index: offset + index, text }));
    const result = await complete(core, ctx, question, sink);
    const found = result.kind === "items" ? result.items : [];
    // Every prompt has its place, whatever came of it.
    items.push(...padded(found, n, offset, result));
    if (last?.kind !== "items") last = result;
  }
  return last?.kind === "items" ? { ...last, items } : (last ?? { kind: "empty", reason: "upstream-empty" });
}

function padded(
  items: readonly CompletionItem[],
  n: number,
  offset: number,
  result: CompletionResult,
): readonly CompletionItem[] {
  const finish = result.kind === "empty" ? finishOf(result) : ({ kind: "end" } as const);
  const nothing: CompletionItem = { id: "", text: "", replaceBefore: 0, replaceAfter: 0, finish };
  return Array.from({ length: n }, (_, index) => ({
    ...(alternative(items, index) ?? nothing),
    index: offset + index,
  }));
}

export function createOpenaiCompletionsRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    dialect: openaiDialect,
    methods: {
      async POST(exchange) {
        const { ctx, clock, params } = exchange;
        const fields = readFields(await readJson(exchange));
        const questions = toRequests(fields, params["model"]);
        const requests = questions.map(({ request }) => request);
        const answer = {
          id: ctx.id,
          createdMs: clock.nowMs(),
          requests,
          model: requests[0]?.model ?? core.model() ?? "copilot",
          includeUsage: fields.optionalObject("stream_options")?.optionalBoolean("include_usage") ?? false,
        };
        const format = fields.optionalBoolean("stream")
          ? new FramedFormat(exchange, new OpenaiFraming(answer))
          : createWholeFormat(exchange, (result) => openaiBody(result, answer));
        const [only] = questions;
        await respond(format, (onPartial) =>
          only && questions.length === 1
            ? complete(core, ctx, only, onPartial)
            : askInTurn(core, ctx, questions, onPartial),
        );
      },
    },
  };
}
