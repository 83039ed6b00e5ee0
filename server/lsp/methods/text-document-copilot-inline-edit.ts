// `textDocument/copilotInlineEdit`: the edit that should follow the last ones. Plugins ask while the person types, some show
// every error as a message, and some let an empty answer wipe the edit on screen; so whatever is expected is an empty list
// with its reason, and the older of two questions about one document has it at once.

import type { EditDiagnostic } from "../../../shared/edits.ts";
import { errorCodeOf } from "../../../shared/errors.ts";
import { type InlineEditResult, lspCommands } from "../../../shared/lsp.ts";
import { isJsonObject, objectOf } from "../../runtime/json.ts";
import { readDocumentPosition, readObject, readRange } from "../params.ts";
import type { Method } from "../types.ts";

const invokedByHand = 1;

export const copilotInlineEdit: Method =
  (session) =>
  async (ctx, params): Promise<InlineEditResult> => {
    const fields = readObject(params, "params");
    const { uri, version, position } = readDocumentPosition(fields);
    const diagnostics = readDiagnostics(fields["diagnostics"]);
    const empty = (reason: InlineEditResult["reason"], detail?: string): InlineEditResult => {
      ctx.log.debug("no next edit", { reason });
      return { edits: [], reason, detail };
    };
    try {
      const document = session.documents.get(uri, version);
      const core = await session.core(ctx);
      const context = objectOf(fields["context"]);
      const isByHand = context["triggerKind"] === invokedByHand;
      const result = await core.nextEdit(ctx, {
        kind: "document",
        documentId: document.uri,
        ...position,
        trigger: isByHand ? "invoked" : "typed",
        diagnostics,
        // No Copilot plugin tells of it.
        dismissesSilently: context["tellsDismissals"] !== true,
        hasCompletions: session.offers.wasAnswered(),
      });
      if (result.kind === "empty") return empty(result.reason, result.detail);
      if (session.documents.currentText(uri) !== document.text) return empty("stale");
      const { id, newText, startLine, startCharacter, endLine, endCharacter } = result.edit;
      session.offers.noteItems([{ id, units: newText.length, repeatedUnits: 0 }]);
      const start = { line: startLine, character: startCharacter };
      const command = lspCommands.didAcceptNextEditSuggestionItem;
      return {
        edits: [
          {
            text: newText,
            range: { start, end: { line: endLine, character: endCharacter } },
            textDocument: { uri, version: version ?? document.version },
            command: { title: "Accept next edit", command, arguments: [id] },
          },
        ],
      };
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === "content-modified") return empty("stale");
      if (ctx.signal.aborted || code === "closing") throw error;
      return empty(code);
    }
  };

/** Entries that make no sense are left out: they are another program's. */
function readDiagnostics(value: unknown): readonly EditDiagnostic[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.flatMap((entry: unknown) => {
    if (!isJsonObject(entry) || typeof entry["message"] !== "string") return [];
    const { message, severity, code, source } = entry;
    // The official server's own words; the numbers are LSP's.
    const isError = severity === "error" || severity === 1;
    if (!isError && severity !== "warning" && severity !== 2) return [];
    try {
      const { start, end } = readRange(entry["range"], "range");
      return [
        {
          message,
          severity: isError ? ("error" as const) : ("warning" as const),
          startLine: start.line,
          endLine: end.line,
          code: typeof code === "string" || typeof code === "number" ? String(code) : undefined,
          source: typeof source === "string" ? source : undefined,
        },
      ];
    } catch {
      return [];
    }
  });
}
