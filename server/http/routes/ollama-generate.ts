// `POST /api/generate`: Ollama's, with `suffix`; a stream of JSON lines unless told otherwise.

import type { Core } from "../../core/types.ts";
import { answerFacts, apiAnswerFormat } from "../formats/api.ts";
import { respond } from "../formats/format.ts";
import { ollamaFormat } from "../formats/ollama.ts";
import { readFields } from "../request/fields.ts";
import { completeInFrame, readGatewayRequest, usualModel } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";
import { ollamaErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createOllamaGenerateRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    errorFormat: ollamaErrors,
    methods: {
      async POST(context) {
        const fields = readFields(await readJson(context));
        const named = fields.optionalModel("model");
        const question = readGatewayRequest(fields, {
          prompt: fields.optionalString("prompt") ?? "",
          suffix: fields.optionalString("suffix"),
          model: named,
          options: fields.optionalObject("options") ?? readFields({}),
          maxTokensName: "num_predict",
          outOfRange: "clamped",
        });
        // Ollama names the model as it was asked for.
        const model = (): string => named ?? usualModel(core);
        const facts = answerFacts(context, [question.request], model);
        const format = apiAnswerFormat(context, fields.optionalBoolean("stream") ?? true, ollamaFormat(facts));
        await respond(format, (onPartial) =>
          completeInFrame(core.complete, context.ctx, question, usualModel(core), onPartial),
        );
      },
    },
  };
}
