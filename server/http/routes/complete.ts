// `POST /`, `/api` and `/complete`: a prompt in, the text that follows it out. The contract that scripts loop on: they
// append the answer and ask again until it is empty.

import type { PromptRequest } from "../../../shared/completion.ts";
import { languageIdOfPath } from "../../../shared/language-id.ts";
import type { Core } from "../../core/types.ts";
import { keepLast } from "../../runtime/memoize.ts";
import { preferred } from "../request/accept.ts";
import { plainDialect } from "../response/error-format.ts";
import type { Exchange, Route } from "../request/exchange.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { createEventFormat } from "../formats/events.ts";
import { type AnswerFormat, respond, toReply } from "../formats/format.ts";
import { streamedTextHead, TextFormat } from "../formats/text.ts";
import { createWholeFormat } from "../formats/whole.ts";
import type { HeadLines } from "../response/head.ts";
import { readJson } from "../request/json-body.ts";

const maxStops = 16;

/** Our own body as a question to the core. Throws `bad-request`, naming the field. */
function toRequest(fields: Fields): PromptRequest {
  const stop = fields.optionalStrings("stop", maxStops);
  const path = fields.optionalString("path");
  return {
    kind: "prompt",
    trigger: "script",
    before: fields.string("prompt"),
    after: fields.optionalString("suffix") ?? "",
    languageId: fields.optionalString("language") || (path ? languageIdOfPath(path) : "plaintext"),
    path,
    // Who says where the answer ends would not have it end at the first line break as well.
    lines: fields.optionalChoice("lines", ["one", "auto", "block"]) ?? (stop ? "block" : "one"),
    n: fields.optionalInteger("n", 1, 10),
    stop,
    maxTokens: fields.optionalInteger("max_tokens", 1, 4096),
    temperature: fields.optionalNumber("temperature", 0, 2),
    topP: fields.optionalNumber("top_p", 0, 1),
    model: fields.optionalString("model"),
  };
}

type TextHead = (model: string | undefined) => Readonly<HeadLines>;

function formatFor(exchange: Exchange, core: Core, request: PromptRequest, textHead: TextHead): AnswerFormat {
  switch (preferred(exchange.request.headers.accept, ["text/plain", "application/json", "text/event-stream"])) {
    case "application/json":
      return createWholeFormat(exchange, (result) => toReply(result, request.n));
    case "text/event-stream":
      return createEventFormat(exchange, request);
    case "text/plain":
    case undefined:
      return new TextFormat(exchange, textHead(request.model ?? core.model()));
  }
}

export function createCompleteRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  // The account has one engine most of the time.
  const textHead = keepLast(streamedTextHead);
  return {
    path,
    dialect: plainDialect,
    methods: {
      async POST(exchange) {
        const request = toRequest(readFields(await readJson(exchange)));
        const format = formatFor(exchange, core, request, textHead);
        await respond(format, (onPartial) => core.complete(exchange.ctx, request, onPartial));
      },
    },
  };
}
