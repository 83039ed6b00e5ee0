// `POST /v1/completions` and `/v1/engines/{model}/completions`: OpenAI's legacy completions, with `suffix`. Fields that
// mean nothing here (`user`, `seed`, penalties, `best_of`) are ignored.

import type { CompletionItem, CompletionResult, PartialSink } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { Core } from "../../core/types.ts";
import { answerFacts, apiAnswerFormat } from "../formats/api.ts";
import { finishOf } from "../formats/finish.ts";
import { respond } from "../formats/format.ts";
import { openaiFormat } from "../formats/openai.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { completeInFrame, type GatewayRequest, readGatewayRequest, usualModel } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";
import { alternative } from "../response/alternatives.ts";
import { openaiErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

const maxPrompts = 8;

/** One question for each prompt. Throws `bad-request`. */
function toRequests(fields: Fields, engine: string | undefined): readonly GatewayRequest[] {
  if (fields.optionalBoolean("echo")) throw new CopilotError("bad-request", '"echo" is not supported.');
  const given = {
    suffix: fields.optionalString("suffix"),
    model: engine ?? fields.optionalModel("model"),
    n: fields.optionalInteger("n", 1, 10),
    maxTokensName: "max_tokens",
    outOfRange: "refused",
  } as const;
  return fields.texts("prompt", maxPrompts).map((prompt) => readGatewayRequest(fields, { ...given, prompt }));
}

/** Asks one after the other; the choices of prompt `p` have the indexes from `p * n` on. */
async function askInTurn(
  core: Core,
  ctx: Ctx,
  questions: readonly GatewayRequest[],
  model: string,
  onPartial: PartialSink | undefined,
): Promise<CompletionResult> {
  const [only] = questions;
  if (only && questions.length === 1) return completeInFrame(core.complete, ctx, only, model, onPartial);
  const items: CompletionItem[] = [];
  let last: CompletionResult | undefined;
  for (const [position, question] of questions.entries()) {
    const n = question.request.n ?? 1;
    const offset = position * n;
    const sink: PartialSink | undefined =
      onPartial && (({ index, text }) => onPartial({ index: offset + index, text }));
    const result = await completeInFrame(core.complete, ctx, question, model, sink);
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
    errorFormat: openaiErrors,
    methods: {
      async POST(context) {
        const fields = readFields(await readJson(context));
        const questions = toRequests(fields, context.params["model"]);
        const requests = questions.map(({ request }) => request);
        const model = (): string => requests[0]?.model ?? usualModel(core);
        const includeUsage = fields.optionalObject("stream_options")?.optionalBoolean("include_usage") ?? false;
        const format = openaiFormat(answerFacts(context, requests, model), includeUsage);
        await respond(apiAnswerFormat(context, fields.optionalBoolean("stream") ?? false, format), (onPartial) =>
          askInTurn(core, context.ctx, questions, model(), onPartial),
        );
      },
    },
  };
}
