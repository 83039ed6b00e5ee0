// The stream that OpenAI's completion endpoint and those shaped like it answer with, Mistral's included: chunks of choices,
// each with its text or with a delta of a message.

import * as v from "valibot";
import { CopilotError } from "../../../shared/errors.ts";
import { clean } from "../error-text.ts";
import type { HttpResponse } from "../http/http-response.ts";
import { brokeOff, jsonLines } from "./lines.ts";
import type { WireDelta } from "./wire.ts";

const words = v.union([v.string(), v.array(v.object({ text: v.fallback(v.string(), "") }))]);
const chunk = v.object({
  choices: v.fallback(
    v.array(
      v.object({
        index: v.fallback(v.number(), 0),
        text: v.fallback(v.string(), ""),
        delta: v.fallback(v.object({ content: v.fallback(words, "") }), { content: "" }),
        finish_reason: v.fallback(v.nullish(v.string()), null),
      }),
    ),
    [],
  ),
  usage: v.fallback(v.nullish(v.object({ prompt_tokens: v.number() })), null),
  error: v.optional(v.union([v.string(), v.object({ message: v.fallback(v.string(), "") })])),
});

/** Throws `upstream-failed` for an error in the middle, and for a stream that ends before any choice has. */
export async function* choicesOf(response: HttpResponse, maxBytes: number): AsyncGenerator<WireDelta, undefined> {
  let hasEnded = false;
  for await (const json of jsonLines(response, maxBytes)) {
    const parsed = v.safeParse(chunk, json);
    if (!parsed.success) continue;
    const { choices, usage, error } = parsed.output;
    if (error !== undefined) {
      const said = clean(typeof error === "string" ? error : error.message, []);
      throw new CopilotError("upstream-failed", `${response.host} failed in the middle of the completion: ${said}`);
    }
    for (const { index, text, delta, finish_reason: reason } of choices) {
      const content =
        typeof delta.content === "string" ? delta.content : delta.content.map((part) => part.text).join("");
      hasEnded ||= typeof reason === "string";
      yield {
        index,
        text: text + content,
        finishReason: reason ?? null,
        ...(usage ? { promptTokens: usage.prompt_tokens } : {}),
      };
    }
  }
  if (!hasEnded) throw brokeOff(response.host);
}
