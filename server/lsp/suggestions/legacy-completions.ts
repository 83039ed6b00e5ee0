// What `getCompletions`, `getCompletionsCycling` and `getPanelCompletions` have in common: document and position are in
// `doc`, or where LSP has them, and the answer names items by `uuid`.

import type { Ctx } from "../../../shared/context.ts";
import type { CompletionsResult } from "../../../shared/lsp.ts";
import { type Json } from "../../runtime/json.ts";
import { readDocumentName, readDocumentPosition, readIndentation, readObject, readPosition } from "../params.ts";
import { suggest, type SuggestParams } from "./suggest.ts";
import type { Session } from "../types.ts";

type LegacyDocument = Pick<SuggestParams, "uri" | "version" | "position" | "indentation">;

export function readLegacyDocument(fields: Json): LegacyDocument {
  const { doc } = fields;
  if (doc === undefined || doc === null) return readDocumentPosition(fields);
  const { uri, version, position, tabSize, insertSpaces } = readObject(doc, "doc");
  return {
    ...readDocumentName({ uri, version }, "doc"),
    position: readPosition(position, "doc.position"),
    indentation: readIndentation({ tabSize, insertSpaces }),
  };
}

export async function legacyCompletions(
  session: Session,
  ctx: Ctx,
  params: unknown,
  options: Pick<SuggestParams, "trigger" | "n">,
): Promise<CompletionsResult> {
  const document = readLegacyDocument(readObject(params, "params"));
  const { version, position, items } = await suggest(session, ctx, {
    ...document,
    ...options,
    rangeStyle: "whole-line",
  });
  return {
    completions: items.map(({ id, insertText, newText, range }) => ({
      uuid: id,
      text: insertText,
      displayText: newText,
      range,
      position,
      docVersion: version,
    })),
  };
}
