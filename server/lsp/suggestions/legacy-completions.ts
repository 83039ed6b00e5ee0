// What `getCompletions`, `getCompletionsCycling` and `getPanelCompletions` have in common: the document and the place are
// in `doc`, some plugins repeat them as LSP has them, and the answer names items by `uuid`.

import type { Ctx } from "../../../shared/context.ts";
import type { CompletionsResult } from "../../../shared/lsp.ts";
import { type Json, readDocumentName, readIndentation, readObject, readPosition } from "../params.ts";
import { suggest, type Wish } from "./suggest.ts";
import type { Session } from "../types.ts";

type LegacyDocument = Pick<Wish, "uri" | "version" | "position" | "indentation">;

export function readLegacyDocument(fields: Json): LegacyDocument {
  const { doc } = fields;
  if (doc === undefined || doc === null) {
    const position = readPosition(fields["position"], "position");
    return { ...readDocumentName(fields["textDocument"]), position };
  }
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
  asked: Pick<Wish, "trigger" | "n">,
): Promise<CompletionsResult> {
  const document = readLegacyDocument(readObject(params, "params"));
  // Plugins leave alone what does not begin where the line does.
  const { version, position, items } = await suggest(session, ctx, { ...document, ...asked, rangeStyle: "line" });
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
