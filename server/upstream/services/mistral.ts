// Mistral's completion endpoint for code, at codestral.mistral.ai or, with a key of the platform, at api.mistral.ai. Source:
// docs.mistral.ai, "Fill-in-the-middle".

import type { ServiceCalls } from "./calls.ts";
import { choicesOf } from "./chunks.ts";
import { mostBytes } from "./lines.ts";
import type { ServiceChoice } from "./settings.ts";
import { completionModel, type Wire, type WireRequest } from "./wire.ts";

const usualModel = "codestral-latest";
const contextTokens = 32_768;

export function createMistral(
  { calls }: { readonly calls: ServiceCalls },
  { model: wantedModel }: Pick<ServiceChoice, "model">,
): Wire {
  const id = wantedModel || usualModel;
  const body = ({ model, pieces, request, stop }: WireRequest): Readonly<Record<string, unknown>> => {
    // As Codestral was shown files in training; the one with the cursor comes last.
    const files = pieces.files.map(({ path, text }) => `+++++ ${path ?? ""}\n${text}\n\n`).join("");
    const own = files === "" ? pieces.heading : `+++++ ${request.path ?? ""}\n`;
    return {
      model: model.id,
      prompt: files + own + pieces.above + pieces.line,
      suffix: pieces.after,
      max_tokens: request.maxTokens,
      temperature: request.temperature,
      top_p: request.topP,
      stop,
      stream: true,
    };
  };

  return {
    kind: "mistral",
    maxStops: 4,
    usualContextTokens: contextTokens,
    isPaid: true,
    lookUp: () =>
      Promise.resolve({
        id,
        template: "server",
        contextTokens,
        alternatives: 1,
        models: [completionModel(id, "mistral")],
      }),
    async *complete(ctx, sent) {
      const response = await calls.open(ctx, { path: "/v1/fim/completions", body: body(sent), what: "the completion" });
      yield* choicesOf(response, mostBytes(sent.request.maxTokens));
    },
    body,
  };
}
