// `POST {proxy}/v1/engines/{model}/completions`: asks the model and shapes its words as the request wants them: so many
// alternatives, cut at stop words and at the most tokens allowed.

import type { Answer, WordsAnswer } from "../answer.ts";
import { field, refuseExpired, type Route, type World } from "../route.ts";
import type { Call, ModelQuestion } from "../types.ts";
import { wordsOf } from "../words.ts";

/** Known whatever the list of models says: clients that could not read the list ask for it. */
const fallbackModel = "gpt-41-copilot";
const mostChoices = 32;

export const completions: Route = {
  name: "completions",
  method: "POST",
  path: /^\/v1\/engines\/([^/]+)\/completions$/,
  answer(world, call, match) {
    const refused = refuseExpired(world, call);
    if (refused) return refused;
    const model = decodeURIComponent(match[1] ?? "");
    if (model !== fallbackModel && !world.sessions.completionModels().includes(model))
      return { kind: "status", status: 404, body: "model not found\n" };
    const question = readQuestion(model, call);
    if (typeof question === "string") return { kind: "status", status: 400, body: `bad request: ${question}\n` };
    if (!world.sessions.spend()) {
      return { kind: "status", status: 402, body: "quota exceeded\n", headers: world.sessions.quotaHeaders() };
    }
    return answerWith(world, question);
  },
};

function answerWith(world: World, question: ModelQuestion): Answer {
  const texts = world.askModel(question);
  const choices: WordsAnswer["choices"][number][] = [];
  for (let index = 0; index < question.n; index += 1)
    choices.push(wordsOf(texts[index] ?? texts.at(-1) ?? "", question.stop, question.maxTokens));
  return {
    kind: "words",
    choices,
    headers: {
      ...world.sessions.quotaHeaders(),
      "openai-processing-ms": "1",
      "azureml-model-deployment": question.model,
    },
  };
}

/** The question of a well-formed body, or what is wrong with it. */
function readQuestion(model: string, call: Call): ModelQuestion | string {
  const { body } = call;
  if (typeof body !== "object" || body === null) return "the body is not JSON";
  const prompt: unknown = Reflect.get(body, "prompt");
  if (typeof prompt !== "string") return "prompt must be a string";
  if (Reflect.get(body, "stream") !== true) return "only streaming is supported: stream must be true";
  const extra: unknown = Reflect.get(body, "extra");
  const stop: unknown = Reflect.get(body, "stop");
  const context: unknown = typeof extra === "object" && extra !== null ? Reflect.get(extra, "context") : undefined;
  return {
    model,
    prompt,
    suffix: field(body, "suffix"),
    context: stringsOf(context),
    language: field(extra, "language"),
    n: Math.min(mostChoices, positive(Reflect.get(body, "n"), 1)),
    stop: typeof stop === "string" ? [stop] : stringsOf(stop),
    maxTokens: positive(Reflect.get(body, "max_tokens"), 500),
  };
}

function stringsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function positive(value: unknown, otherwise: number): number {
  return typeof value === "number" && value >= 1 ? Math.floor(value) : otherwise;
}
