// `POST /v1/fim/completions`: Mistral's fill-in-the-middle, which answers as its chat does. Source: Mistral AI API
// reference, Fim Completion.

import type { CompletionResult } from "../../../shared/completion.ts";
import type { Core } from "../../core/types.ts";
import { openaiDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";
import { readFields } from "../request/fields.ts";
import { finishOf, mistralFinish } from "../formats/finish.ts";
import { respond } from "../formats/format.ts";
import { FramedFormat, dataEvent, writtenEvent } from "../formats/framed.ts";
import { createWholeFormat } from "../formats/whole.ts";
import { complete, estimateTokens, placeOf, toGatewayRequest } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";

const textOf = (result: CompletionResult): string => (result.kind === "items" ? (result.items[0]?.text ?? "") : "");

export function createMistralFimRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    dialect: openaiDialect,
    methods: {
      async POST(exchange) {
        const { ctx, clock } = exchange;
        const fields = readFields(await readJson(exchange));
        const asked = toGatewayRequest({
          prompt: fields.string("prompt"),
          suffix: fields.optionalString("suffix"),
          model: fields.optionalString("model"),
          n: undefined,
          stop: fields.optionalStrings("stop", 16),
          maxTokens: fields.optionalInteger("max_tokens", 1, 1_000_000),
          temperature: fields.optionalNumber("temperature", 0, 2),
          topP: fields.optionalNumber("top_p", 0, 1),
          ...placeOf(fields),
        });
        const { request } = asked;
        const created = Math.floor(clock.nowMs() / 1_000);
        const model = request.model ?? core.model() ?? "copilot";
        const envelope = { id: ctx.id, created, model };
        const usageOf = (text: string) => {
          const prompt_tokens = estimateTokens(request.before) + estimateTokens(request.after);
          const completion_tokens = estimateTokens(text);
          return { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
        };
        const chunk = (content: string, finish_reason: ReturnType<typeof mistralFinish> | null) => ({
          ...envelope,
          object: "chat.completion.chunk",
          choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason }],
        });
        const format = fields.optionalBoolean("stream")
          ? new FramedFormat(exchange, {
              contentType: "text/event-stream; charset=utf-8",
              piece: ({ index, text }) => (index === 0 ? dataEvent(chunk(text, null)) : ""),
              end(result) {
                const last = chunk("", mistralFinish(finishOf(result)));
                return dataEvent({ ...last, usage: usageOf(textOf(result)) }) + writtenEvent("[DONE]");
              },
              failure: (problem) => dataEvent(openaiDialect(problem)),
            })
          : createWholeFormat(exchange, (result) => {
              const message = { role: "assistant", content: textOf(result), tool_calls: null, prefix: false };
              return {
                ...envelope,
                object: "chat.completion",
                model: result.model ?? model,
                choices: [{ index: 0, message, finish_reason: mistralFinish(finishOf(result)) }],
                usage: usageOf(message.content),
              };
            });
        await respond(format, (onPartial) => complete(core, ctx, asked, onPartial));
      },
    },
  };
}
