// `POST /v1/fim/completions`: Mistral's fill-in-the-middle.

import type { Core } from "../../core/types.ts";
import { answerFacts, apiAnswerFormat } from "../formats/api.ts";
import { respond } from "../formats/format.ts";
import { mistralFormat } from "../formats/mistral.ts";
import { readFields } from "../request/fields.ts";
import { completeInFrame, readGatewayRequest, usualModel } from "../request/gateway-request.ts";
import { readJson } from "../request/json-body.ts";
import { openaiErrors } from "../response/error-format.ts";
import type { Route } from "../route.ts";

export function createMistralFimRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    errorFormat: openaiErrors,
    methods: {
      async POST(context) {
        const fields = readFields(await readJson(context));
        const question = readGatewayRequest(fields, {
          prompt: fields.string("prompt"),
          suffix: fields.optionalString("suffix"),
          model: fields.optionalModel("model"),
          maxTokensName: "max_tokens",
          outOfRange: "refused",
        });
        const model = (): string => question.request.model ?? usualModel(core);
        const facts = answerFacts(context, [question.request], model);
        const format = apiAnswerFormat(context, fields.optionalBoolean("stream") ?? false, mistralFormat(facts));
        await respond(format, (onPartial) => completeInFrame(core.complete, context.ctx, question, model(), onPartial));
      },
    },
  };
}
