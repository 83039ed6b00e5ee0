// `POST /api/generate`: Ollama's, with `suffix`; a stream of JSON lines unless told otherwise. Source: Ollama API
// documentation, Generate a completion.

import type { CompletionResult } from "../../../shared/completion.ts";
import type { Core } from "../../core/types.ts";
import { ollamaDialect } from "../response/error-format.ts";
import type { Route } from "../request/exchange.ts";
import { readFields } from "../request/fields.ts";
import { finishOf, ollamaFinish } from "../formats/finish.ts";
import { respond } from "../formats/format.ts";
import { FramedFormat } from "../formats/framed.ts";
import { createWholeFormat } from "../formats/whole.ts";
import { complete, estimateTokens, placeOf, toGatewayRequest } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";

const nanosecondsPerMs = 1_000_000;

export function createOllamaGenerateRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    dialect: ollamaDialect,
    methods: {
      async POST(exchange) {
        const { ctx, clock } = exchange;
        const startedMs = clock.monotonicMs();
        const fields = readFields(await readJson(exchange));
        const options = fields.optionalObject("options");
        const maxTokens = options?.optionalInteger("num_predict", -2, 1_000_000);
        const asked = toGatewayRequest({
          prompt: fields.optionalString("prompt") ?? "",
          suffix: fields.optionalString("suffix"),
          model: fields.optionalString("model"),
          n: undefined,
          stop: options?.optionalStrings("stop", 16),
          maxTokens: maxTokens !== undefined && maxTokens > 0 ? maxTokens : undefined,
          temperature: options?.optionalNumber("temperature", 0, 2),
          topP: options?.optionalNumber("top_p", 0, 1),
          ...placeOf(fields),
        });
        const { request } = asked;
        const model = fields.optionalString("model") ?? core.model() ?? "copilot";
        const part = (response: string) => ({
          model,
          created_at: new Date(clock.nowMs()).toISOString(),
          response,
          done: false,
        });
        const whole = (result: CompletionResult, response: string) => {
          const spent = Math.round((clock.monotonicMs() - startedMs) * nanosecondsPerMs);
          return {
            ...part(response),
            done: true,
            done_reason: ollamaFinish(finishOf(result)),
            total_duration: spent,
            load_duration: 0,
            prompt_eval_count: estimateTokens(request.before) + estimateTokens(request.after),
            eval_count: result.kind === "items" ? estimateTokens(result.items[0]?.text ?? "") : 0,
            eval_duration: spent,
          };
        };
        const textOf = (result: CompletionResult): string =>
          result.kind === "items" ? (result.items[0]?.text ?? "") : "";
        const line = (data: unknown): string => `${JSON.stringify(data)}\n`;
        const format =
          fields.optionalBoolean("stream") === false
            ? createWholeFormat(exchange, (result) => whole(result, textOf(result)))
            : new FramedFormat(exchange, {
                contentType: "application/x-ndjson",
                piece: ({ index, text }) => (index === 0 ? line(part(text)) : ""),
                end: (result) => line(whole(result, "")),
                failure: (problem) => line(ollamaDialect(problem)),
              });
        await respond(format, (onPartial) => complete(core, ctx, asked, onPartial));
      },
    },
  };
}
