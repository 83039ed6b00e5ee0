// `copilot/complete`: a completion for programs that want more than ghost text: at a place in an open document or after
// a bare prompt, with several alternatives, stops and bounds, as it arrives or at once, and with the reason when there
// is none.

import type { CompletionRequest, CompletionResult, LineMode, PartialSink } from "../../../shared/completion.ts";
import { CopilotError } from "../../../shared/errors.ts";
import type { CompleteItem, CompletePartial, CompleteResult } from "../../../shared/lsp.ts";
import { excerptAt } from "../documents/excerpt.ts";
import {
  badField,
  type Json,
  readDocumentName,
  readObject,
  readOptionalInteger,
  readOptionalNumber,
  readOptionalString,
  readOptionalStrings,
  readPosition,
  readProgressToken,
  readString,
} from "../params.ts";
import { fitItem, type Place, placeOf, questionAt } from "../suggestions/insertion-point.ts";
import { standardLanguageId } from "../documents/language-names.ts";
import type { Method, Session } from "../types.ts";

export const complete: Method =
  (session) =>
  async (ctx, params): Promise<CompleteResult> => {
    const fields = readObject(params, "params");
    const { request, place } = readQuestion(session, fields);
    const sink = partialSink(session, readProgressToken(fields["partialResultToken"], "partialResultToken"));
    const core = await session.core(ctx);
    return toResult(await core.complete(ctx, request, sink), place);
  };

function readQuestion(
  session: Session,
  fields: Json,
): { readonly request: CompletionRequest; readonly place: Place | undefined } {
  const wishes = readWishes(fields);
  const lines = readLines(fields["lines"]) ?? session.settings().lines;
  if (fields["textDocument"] === undefined) {
    if (fields["prompt"] === undefined) throw badField("params", "either textDocument and position, or a prompt");
    const language = readOptionalString(fields["language"], "language");
    const request: CompletionRequest = {
      kind: "prompt",
      trigger: "invoked",
      before: readString(fields["prompt"], "prompt"),
      after: readOptionalString(fields["suffix"], "suffix") ?? "",
      languageId: language ? standardLanguageId(language) : "plaintext",
      path: readOptionalString(fields["path"], "path"),
      lines,
      ...wishes,
    };
    return { request, place: undefined };
  }
  const { uri, version } = readDocumentName(fields["textDocument"]);
  const position = readPosition(fields["position"], "position");
  const document = session.documents.get(uri, version);
  const excerpt = excerptAt(document.text, position);
  if (!excerpt) {
    const { lineCount } = document.text;
    throw new CopilotError("bad-request", `position.line must be below ${lineCount}, the document's lines.`);
  }
  const place = placeOf(excerpt, undefined);
  const path = session.workspace.relativePath(uri);
  const file = session.workspace.fullPath(uri);
  return { request: { ...questionAt(document, place, { trigger: "invoked", lines, path, file }), ...wishes }, place };
}

function readWishes(
  fields: Json,
): Pick<CompletionRequest, "n" | "stop" | "maxTokens" | "temperature" | "topP" | "model"> {
  return {
    n: readOptionalInteger(fields["n"], "n", 1, 10),
    stop: readOptionalStrings(fields["stop"], "stop"),
    maxTokens: readOptionalInteger(fields["maxTokens"], "maxTokens", 1, 4096),
    temperature: readOptionalNumber(fields["temperature"], "temperature", 0, 2),
    topP: readOptionalNumber(fields["topP"], "topP", 0, 1),
    model: readOptionalString(fields["model"], "model"),
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

function toResult(result: CompletionResult, place: Place | undefined): CompleteResult {
  if (result.kind === "empty") {
    return { items: [], reason: result.reason, ...(result.model === undefined ? {} : { model: result.model }) };
  }
  const items = result.items.map((item): CompleteItem => {
    if (!place) return { id: item.id, text: item.text };
    const { insertText, range } = fitItem(item, place, "cursor");
    return { id: item.id, text: insertText, range };
  });
  return { items, model: result.model, source: result.source };
}
