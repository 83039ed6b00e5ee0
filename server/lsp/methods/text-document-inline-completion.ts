// `textDocument/inlineCompletion`, LSP 3.18, as real clients need it: every item has a range and plain text, "nothing" is
// an empty list, and an answer that has come too late is an error, because some clients let the last answer win.

import { errorCodeOf } from "../../../shared/errors.ts";
import { type InlineCompletionResult, lspCommands } from "../../../shared/lsp.ts";
import { isJsonObject, objectOf } from "../../runtime/json.ts";
import { readIndentation, readDocumentPosition, readObject, readRange } from "../params.ts";
import type { SelectedEntry } from "../suggestions/insertion-point.ts";
import { suggest } from "../suggestions/suggest.ts";
import type { Method } from "../types.ts";

const invokedByHand = 1;

export const inlineCompletion: Method =
  (session) =>
  async (ctx, params): Promise<InlineCompletionResult | null> => {
    const fields = readObject(params, "params");
    const context = objectOf(fields["context"]);
    const suggestions = await suggest(session, ctx, {
      ...readDocumentPosition(fields),
      trigger: context["triggerKind"] === invokedByHand ? "invoked" : "typed",
      n: "more-when-repeated",
      rangeStyle: session.settings().rangeStyle,
      selected: readSelected(context["selectedCompletionInfo"]),
      indentation: readIndentation(fields["formattingOptions"]),
    }).catch((error: unknown) => {
      if (session.client().profile.whenOvertaken === "null" && isOvertaken(error)) return undefined;
      throw error;
    });
    if (!suggestions) return null;
    return {
      items: suggestions.items.map(({ id, insertText, range }) => ({
        insertText,
        range,
        command: { title: "Completion Accepted", command: lspCommands.didAcceptCompletionItem, arguments: [id] },
      })),
    };
  };

function isOvertaken(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === "superseded" || code === "content-modified";
}

function readSelected(info: unknown): SelectedEntry | undefined {
  if (!isJsonObject(info) || typeof info["text"] !== "string") return undefined;
  const range = info["range"] ?? undefined;
  if (range === undefined) return undefined;
  // Older releases of `vscode-languageserver-node` write a range as its two positions.
  const [start, end]: readonly unknown[] = Array.isArray(range) ? range : [];
  const name = "context.selectedCompletionInfo.range";
  return { range: readRange(Array.isArray(range) ? { start, end } : range, name), text: info["text"] };
}
