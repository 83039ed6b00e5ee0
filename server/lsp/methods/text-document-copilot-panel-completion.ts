// `textDocument/copilotPanelCompletion`: a list of suggestions for a window of their own. With a `partialResultToken` they
// come by `$/progress` and the answer is empty (LSP 3.18, Partial Result Progress).

import { type InlineCompletionResult, type InlineItem, lspCommands } from "../../../shared/lsp.ts";
import { panelItems } from "../panel.ts";
import { readDocumentName, readIndentation, readObject, readPosition, readProgressToken } from "../params.ts";
import { suggest } from "../suggest.ts";
import type { Method } from "../types.ts";

export const copilotPanelCompletion: Method =
  (session) =>
  async (ctx, params): Promise<InlineCompletionResult> => {
    const fields = readObject(params, "params");
    const { uri, version } = readDocumentName(fields["textDocument"]);
    const token = readProgressToken(fields["partialResultToken"], "partialResultToken");
    const suggestions = await suggest(session, ctx, {
      uri,
      version,
      position: readPosition(fields["position"], "position"),
      trigger: "invoked",
      n: panelItems,
      rangeStyle: session.settings().rangeStyle,
      indentation: readIndentation(fields["formattingOptions"]),
      aside: true,
    });
    const items = suggestions.items.map(
      ({ id, insertText, range }): InlineItem => ({
        insertText,
        range,
        command: { title: "Completion Accepted", command: lspCommands.didAcceptPanelCompletionItem, arguments: [id] },
      }),
    );
    if (token === undefined) return { items };
    for (const item of items) {
      const part: InlineCompletionResult = { items: [item] };
      await session.editor.progress(token, part);
    }
    return { items: [] };
  };
