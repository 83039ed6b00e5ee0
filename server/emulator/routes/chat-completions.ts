// `POST {proxy}/chat/completions`: asks the model of next edits, or the one that names a line to jump to, by the name that
// the proxy's list gives it.

import type { Answer } from "../answer.ts";
import { faultyAnswer } from "../edits/edit-faults.ts";
import { field, refuseToken, type Route, type World } from "../route.ts";
import type { Call, EditFault, EditModel, EditQuestion } from "../types.ts";
import { wordsOf } from "../words.ts";

/** Known whatever the list says: clients that could not read the list ask for these. */
const builtIn: readonly EditModel[] = [
  { name: "copilot-nes-oct", kind: "edit", strategy: "xtab275" },
  { name: "nes-callisto", kind: "edit", strategy: "xtab275" },
  { name: "copilot-nes-xtab", kind: "edit", strategy: "copilotNesXtab" },
  { name: "copilot-suggestions-himalia-001", kind: "jump", strategy: "" },
];

const mostTokens = 8_192;

export const chatCompletions: Route = {
  name: "chat-completions",
  method: "POST",
  path: /^\/chat\/completions$/,
  answer: (world, call) => answerChat(world, call),
};

/** With a fault, the answer is wrong in this way, where that is possible. */
export function answerChat(world: World, call: Call, fault?: EditFault): Answer {
  const refused = refuseToken(world, call);
  if (refused) return refused;
  const name = field(call.body, "model");
  const model = [...world.sessions.editModels(), ...builtIn].find((listed) => listed.name === name);
  if (!model) return { kind: "status", status: 404, body: `model not found: ${name}\n` };
  const question = readQuestion(model, call.body);
  if (typeof question === "string") return { kind: "status", status: 400, body: `bad request: ${question}\n` };
  const faulty = fault && faultyAnswer(fault, question);
  const words = wordsOf(faulty?.text ?? world.askEditModel(question), [], question.maxTokens);
  return {
    kind: "words",
    choices: [{ pieces: words.pieces, finishReason: faulty?.finishReason ?? words.finishReason }],
    headers: { ...world.sessions.ownQuotaHeaders(), "openai-processing-ms": "1" },
  };
}

function readQuestion({ name, kind, strategy }: EditModel, body: unknown): EditQuestion | string {
  if (typeof body !== "object" || body === null) return "the body is not JSON";
  if (Reflect.get(body, "stream") !== true) return "only streaming is supported: stream must be true";
  const messages: unknown = Reflect.get(body, "messages");
  if (!Array.isArray(messages) || messages.length === 0) return "messages must be a list";
  const said = (role: string): string =>
    messages
      .filter((message) => field(message, "role") === role)
      .map((message) => field(message, "content"))
      .join("\n");
  const prediction = field(Reflect.get(body, "prediction"), "content");
  const maxTokens: unknown = Reflect.get(body, "max_tokens");
  return {
    model: name,
    kind,
    strategy,
    system: said("system"),
    user: said("user"),
    prediction: prediction === "" ? undefined : prediction,
    maxTokens: typeof maxTokens === "number" && maxTokens >= 1 ? Math.floor(maxTokens) : mostTokens,
  };
}
