// `textDocument/inlineCompletion`, LSP 3.18, as real clients need it: every item has a range and plain text, "nothing" is
// an empty list, and an answer that has come too late is an error, because some clients let the last answer win.

import type { CompletionResult, DocumentRequest, Indentation } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import { type InlineCompletionResult, lspCommands } from "../../../shared/lsp.ts";
import { isQuietWhenTyped } from "../errors.ts";
import { excerptAt, fitsStill } from "../excerpt.ts";
import {
  isJsonObject,
  type Json,
  looseObject,
  readDocumentName,
  readObject,
  readPosition,
  readRange,
} from "../params.ts";
import { fitItem, placeOf, questionAt, type SelectedEntry } from "../place.ts";
import type { Method, Session } from "../types.ts";

const nothing: InlineCompletionResult = { items: [] };
const invokedByHand = 1;
/** Asked for by hand where there is a suggestion already: the person wants others. */
const cycledItems = 3;

export const inlineCompletion: Method =
  (session) =>
  async (ctx, params): Promise<InlineCompletionResult> => {
    const fields = readObject(params, "params");
    const { uri, version } = readDocumentName(fields["textDocument"]);
    const position = readPosition(fields["position"], "position");
    const context = looseObject(fields["context"]);
    // The text is taken now: the next message may change it.
    const document = session.documents.get(uri, version);
    const excerpt = excerptAt(document, position);
    if (!excerpt) {
      ctx.log.debug("nothing to complete below the last line", { line: position.line, lines: document.lineCount });
      return nothing;
    }
    const invoked = context["triggerKind"] === invokedByHand;
    const cycling = invoked && session.offers.wasJustAnswered(uri, excerpt.position, document.revision);
    const place = placeOf(excerpt, readSelected(context["selectedCompletionInfo"]));
    const { lines, rangeStyle } = session.settings();
    const question = questionAt(document, place, {
      trigger: invoked ? "invoked" : "typed",
      lines,
      path: session.workspace.relativePath(uri),
      n: cycling ? cycledItems : undefined,
      indentation: readIndentation(fields["formattingOptions"]),
    });

    const result = await ask(session, ctx, question);
    if (!fitsStill(document.text, session.documents.currentText(uri), excerpt.offset)) {
      throw new CopilotError("content-modified", "The document was changed while the request was under way.");
    }
    if (result?.kind !== "items") return nothing;
    session.offers.noteAnswer(
      uri,
      excerpt.position,
      document.revision,
      result.items.map(({ id }) => id),
    );
    return {
      items: result.items.map((item) => ({
        ...fitItem(item, place, rangeStyle),
        command: { title: "Completion Accepted", command: lspCommands.didAcceptCompletionItem, arguments: [item.id] },
      })),
    };
  };

/** Undefined for a failure that a person who only types is not told of here. */
async function ask(session: Session, ctx: Ctx, question: DocumentRequest): Promise<CompletionResult | undefined> {
  try {
    const core = await session.core(ctx);
    const result = await core.complete(ctx, question);
    if (result.kind === "empty") ctx.log.debug("no suggestion", { reason: result.reason });
    return result;
  } catch (error) {
    const code = errorCodeOf(error);
    if (question.trigger !== "typed" || !isQuietWhenTyped[code]) throw error;
    ctx.log.debug("no suggestion", { reason: code });
    return undefined;
  }
}

function readSelected(info: unknown): SelectedEntry | undefined {
  if (!isJsonObject(info) || typeof info["text"] !== "string") return undefined;
  return { range: readRange(info["range"], "context.selectedCompletionInfo.range"), text: info["text"] };
}

function readIndentation(options: unknown): Indentation | undefined {
  const { tabSize, insertSpaces }: Json = looseObject(options);
  if (typeof tabSize !== "number" || !(tabSize >= 1) || typeof insertSpaces !== "boolean") return undefined;
  return { tabSize: Math.min(Math.trunc(tabSize), 16), insertSpaces };
}
