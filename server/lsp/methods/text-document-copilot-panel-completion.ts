// `textDocument/copilotPanelCompletion`: a list of suggestions for a window of their own. With a `partialResultToken` they
// come by `$/progress`, each as soon as it is whole, and the answer is empty (LSP 3.18, Partial Result Progress).

import { type InlineCompletionResult, type InlineItem, lspCommands } from "../../../shared/lsp.ts";
import { readDocumentPosition, readIndentation, readObject, readPartialResultToken } from "../params.ts";
import { panelItems, suggest, type Suggestion } from "../suggestions/suggest.ts";
import type { Method } from "../types.ts";

export const copilotPanelCompletion: Method =
  (session) =>
  async (ctx, params): Promise<InlineCompletionResult> => {
    const fields = readObject(params, "params");
    const token = readPartialResultToken(fields);
    const sent = new Set<string>();
    const send = async (suggestion: Suggestion): Promise<void> => {
      if (token === undefined || sent.has(suggestion.id)) return;
      sent.add(suggestion.id);
      const part: InlineCompletionResult = { items: [itemOf(suggestion)] };
      await session.editor.progress(token, part);
    };
    const { items } = await suggest(session, ctx, {
      ...readDocumentPosition(fields),
      trigger: "invoked",
      n: panelItems,
      rangeStyle: session.settings().rangeStyle,
      indentation: readIndentation(fields["formattingOptions"]),
      aside: true,
      onSuggestion: token === undefined ? undefined : send,
    });
    if (token === undefined) return { items: items.map(itemOf) };
    for (const item of items) await send(item);
    return { items: [] };
  };

function itemOf({ id, insertText, range }: Suggestion): InlineItem {
  return {
    insertText,
    range,
    command: { title: "Completion Accepted", command: lspCommands.didAcceptPanelCompletionItem, arguments: [id] },
  };
}
