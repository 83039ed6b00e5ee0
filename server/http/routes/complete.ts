// `POST /`, `/api` and `/complete`: a prompt in, the text that follows it out. The contract that scripts loop on: they
// append the answer and ask again until it is empty.

import type { PromptRequest } from "../../../shared/completion.ts";
import { languageIdOfPath } from "../../../shared/languages.ts";
import type { Core } from "../../core/types.ts";
import { preferred } from "../request/accept.ts";
import { plainErrors } from "../response/error-format.ts";
import type { RequestContext } from "../request/request-context.ts";
import type { Route } from "../route.ts";
import { type Fields, readFields } from "../request/fields.ts";
import { createEventFormat } from "../formats/events.ts";
import { type AnswerFormat, respond, toReply } from "../formats/format.ts";
import { createTextFormat } from "../formats/text.ts";
import { createWholeFormat } from "../formats/whole.ts";
import { readJson } from "../request/json-body.ts";

const maxStops = 16;

/** Our own body as a question to the core. Throws `bad-request`, naming the field. */
export function toRequest(fields: Fields): PromptRequest {
  const stop = fields.optionalStrings("stop", maxStops);
  const path = fields.optionalString("path");
  return {
    kind: "prompt",
    trigger: "script",
    before: fields.string("prompt"),
    after: fields.optionalString("suffix") ?? "",
    languageId: fields.optionalString("language") || (path ? languageIdOfPath(path) : "plaintext"),
    path,
    // A client that says where the answer ends does not want it to end at the first line break as well.
    lines: fields.optionalChoice("lines", ["one", "auto", "block"]) ?? (stop ? "block" : "one"),
    n: fields.optionalInteger("n", 1, 10),
    stop,
    maxTokens: fields.optionalInteger("max_tokens", 1, 4096),
    temperature: fields.optionalNumber("temperature", 0, 2),
    topP: fields.optionalNumber("top_p", 0, 1),
    model: fields.optionalModel("model"),
  };
}

function formatFor(context: RequestContext, core: Core, request: PromptRequest): AnswerFormat {
  switch (preferred(context.request.headers.accept, ["text/plain", "application/json", "text/event-stream"])) {
    case "application/json":
      return createWholeFormat(context, (result) => toReply(result, request.n));
    case "text/event-stream":
      return createEventFormat(context, request);
    case "text/plain":
    case undefined:
      return createTextFormat(context, () => request.model ?? core.model());
  }
}

export function createCompleteRoute(deps: { readonly core: Core }, path: string): Route {
  const { core } = deps;
  return {
    path,
    errorFormat: plainErrors,
    methods: {
      async POST(context) {
        const request = toRequest(readFields(await readJson(context)));
        const format = formatFor(context, core, request);
        await respond(format, (onPartial) => core.complete(context.ctx, request, onPartial));
      },
    },
  };
}
