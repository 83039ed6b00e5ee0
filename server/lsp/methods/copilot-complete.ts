// `copilot/complete`: a completion for programs that want more than ghost text: at a place in an open document or after
// a bare prompt, with several alternatives, stops and bounds, as it arrives or at once, and with the reason when there
// is none.

import type { CompletionRequest, CompletionResult, LineMode, PartialSink } from "../../../shared/completion.ts";
import type { CompleteItem, CompletePartial, CompleteResult } from "../../../shared/lsp.ts";
import { languageIdFor } from "../../../shared/languages.ts";
import { type Json } from "../../runtime/json.ts";
import {
  badField,
  readDocumentPosition,
  readObject,
  readOptionalInteger,
  readOptionalNumber,
  readOptionalString,
  readOptionalStrings,
  readPartialResultToken,
  readString,
} from "../params.ts";
import { requireRequest } from "../suggestions/document-request.ts";
import { fitItem, type InsertionPoint } from "../suggestions/insertion-point.ts";
import type { Method, Session } from "../types.ts";

export const complete: Method =
  (session) =>
  async (ctx, params): Promise<CompleteResult> => {
    const fields = readObject(params, "params");
    const options = readOptions(fields);
    const { request, point } =
      fields["textDocument"] === undefined
        ? { request: readPromptRequest(session, fields), point: undefined }
        : requireRequest(session, readDocumentPosition(fields), { trigger: "invoked", lines: options.lines });
    const sink = partialSink(session, readPartialResultToken(fields));
    const core = await session.core(ctx);
    return toResult(await core.complete(ctx, { ...request, ...options, lines: request.lines }, sink), point);
  };

function readPromptRequest(session: Session, fields: Json): CompletionRequest {
  if (fields["prompt"] === undefined) throw badField("params", "either textDocument and position, or a prompt");
  const language = readOptionalString(fields["language"], "language");
  const path = readOptionalString(fields["path"], "path");
  return {
    kind: "prompt",
    trigger: "invoked",
    before: readString(fields["prompt"], "prompt"),
    after: readOptionalString(fields["suffix"], "suffix") ?? "",
    languageId: languageIdFor(language ?? "", path ?? ""),
    path,
    lines: readLines(fields["lines"]) ?? session.settings().lines,
  };
}

function readOptions(fields: Json) {
  return {
    n: readOptionalInteger(fields["n"], "n", 1, 10),
    stop: readOptionalStrings(fields["stop"], "stop"),
    maxTokens: readOptionalInteger(fields["maxTokens"], "maxTokens", 1, 4096),
    temperature: readOptionalNumber(fields["temperature"], "temperature", 0, 2),
    topP: readOptionalNumber(fields["topP"], "topP", 0, 1),
    model: readOptionalString(fields["model"], "model"),
    lines: readLines(fields["lines"]),
  };
}

function readLines(value: unknown): LineMode | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "one" || value === "auto" || value === "block") return value;
  throw badField("lines", '"one", "auto" or "block"');
}

function partialSink(session: Session, token: string | number | undefined): PartialSink | undefined {
  if (token === undefined) return undefined;
  return ({ index, text }) => {
    const value: CompletePartial = { index, text };
    return session.editor.progress(token, value);
  };
}

function toResult(result: CompletionResult, point: InsertionPoint | undefined): CompleteResult {
  if (result.kind === "empty") {
    return { items: [], reason: result.reason, detail: result.detail, model: result.model };
  }
  const items = result.items.map((item): CompleteItem => {
    if (!point) return { id: item.id, text: item.text };
    const { insertText, range } = fitItem(item, point, "cursor");
    return { id: item.id, text: insertText, range };
  });
  return { items, model: result.model, source: result.source };
}
