// Tabby. Its server writes the prompt, cuts it without a word to its last 1,536 bytes, and answers in one piece of at most
// 64 tokens; it takes no stop, no length and no model. Its events are telemetry of its own, and none are sent. Source:
// crates/tabby/src/services/completion of TabbyML/tabby.

import * as v from "valibot";
import { CopilotError } from "../../../shared/errors.ts";
import type { ServiceCalls } from "./calls.ts";
import { completionModel, type Wire, type WireRequest } from "./wire.ts";

const health = v.object({
  model: v.fallback(v.nullish(v.string()), undefined),
  models: v.fallback(
    v.object({
      completion: v.fallback(
        v.nullish(
          v.object({
            local: v.fallback(v.nullish(v.object({ model_id: v.string() })), undefined),
            remote: v.fallback(v.nullish(v.object({ model_name: v.string() })), undefined),
          }),
        ),
        undefined,
      ),
    }),
    { completion: undefined },
  ),
});
const reply = v.object({ choices: v.array(v.object({ index: v.fallback(v.number(), 0), text: v.string() })) });

// Below the server's limit, which counts the words of its template and its comments too.
const maxBytes = 1_400;
/** What it shows of other files together. */
const maxSnippetChars = 768;

export function createTabby({ calls }: { readonly calls: ServiceCalls }): Wire {
  const body = ({ pieces, request }: WireRequest): Readonly<Record<string, unknown>> => {
    const { prefix, suffix, room } = fit(pieces.above + pieces.line, pieces.after);
    const snippets: { filepath: string; body: string; score: number }[] = [];
    let left = Math.min(room, maxSnippetChars);
    for (const { path, text } of pieces.files.toReversed()) {
      const bytes = Buffer.byteLength(text);
      if (path === undefined || bytes > left) continue;
      left -= bytes;
      snippets.push({ filepath: path, body: text, score: 1 });
    }
    return {
      language: request.languageId || "unknown",
      segments: {
        prefix,
        suffix,
        filepath: request.path,
        ...(snippets.length === 0 ? {} : { relevant_snippets_from_recently_opened_files: snippets }),
      },
      temperature: request.temperature,
    };
  };

  return {
    kind: "tabby",
    maxStops: 0,
    usualContextTokens: maxBytes,
    maxChars: maxBytes,
    isPaid: false,
    async lookUp(ctx) {
      const call = { path: "/v1/health", what: "its health" };
      const { model, models } = await calls.json(ctx, call, health).catch((error: unknown) => {
        // Older ones take it as a POST.
        if (!(error instanceof CopilotError) || error.httpStatus !== 405) throw error;
        return calls.json(ctx, { ...call, body: {} }, health);
      });
      const id = models.completion?.local?.model_id ?? models.completion?.remote?.model_name ?? model;
      if (typeof id !== "string") {
        throw new CopilotError("bad-request", `Tabby at ${calls.host} has no completion model.`, {
          advice: "Start it with one: `tabby serve --model …`.",
        });
      }
      return {
        id,
        template: "server",
        contextTokens: undefined,
        alternatives: 1,
        models: [completionModel(id, "tabby")],
      };
    },
    async *complete(ctx, sent) {
      const call = { path: "/v1/completions", body: body(sent), what: "the completion" };
      const { choices } = await calls.json(ctx, call, reply);
      for (const { index, text } of choices) yield { index, text, finishReason: "stop" };
    },
    body,
  };
}

const suffixShare = 0.25;

/** As much of the text next to the cursor as fits, by bytes, and what room is left. */
function fit(
  before: string,
  after: string,
): { readonly prefix: string; readonly suffix: string; readonly room: number } {
  const tail = Buffer.from(after).subarray(0, maxBytes * suffixShare);
  const suffix = tail.toString().replace(/\uFFFD$/, "");
  const most = maxBytes - Buffer.byteLength(suffix);
  const bytes = Buffer.from(before);
  const start = Math.max(0, bytes.length - most);
  const cut = bytes
    .subarray(start)
    .toString()
    .replace(/^\uFFFD+/, "");
  // A line that lacks its beginning misleads more than one that is not there.
  const lineStart = start === 0 ? 0 : cut.indexOf("\n") + 1;
  const prefix = cut.slice(lineStart);
  return { prefix, suffix, room: most - Buffer.byteLength(prefix) };
}
