// `textDocument/codeAction`: the next edit, for editors that have no other way to show it. A menu that opens by itself is
// answered from memory; one that a person opened may ask.

import { type LspCodeAction, type LspCommand, lspCommands } from "../../../shared/lsp.ts";
import { objectOf } from "../../runtime/json.ts";
import { readDocumentName, readObject, readRange } from "../params.ts";
import { findNextEdit, workspaceEditOf } from "../next-edits/find-next-edit.ts";
import type { Method } from "../types.ts";

const automatic = 2;
const maxWaitMs = 1_500;
const kind = "quickfix";

export const codeAction: Method =
  (session) =>
  async (ctx, params): Promise<readonly (LspCodeAction | LspCommand)[]> => {
    const fields = readObject(params, "params");
    const { uri } = readDocumentName(fields["textDocument"]);
    const position = readRange(fields["range"], "range").start;
    const context = objectOf(fields["context"]);
    const { only } = context;
    if (Array.isArray(only) && !only.some((wanted) => wanted === kind || wanted === "")) return [];
    const found = await findNextEdit(session, ctx, {
      uri,
      position,
      fromMemory: context["triggerKind"] === automatic,
      trigger: "invoked",
      maxWaitMs,
    });
    if (found.kind === "none") {
      ctx.log.debug("no next edit", { reason: found.reason });
      return [];
    }
    const title = `Copilot: apply next edit (line ${found.range.start.line + 1})`;
    const command = lspCommands.didAcceptNextEditSuggestionItem;
    if (!session.client().takesCodeActions)
      return [{ title, command: lspCommands.nextEdit, arguments: [found.document.uri] }];
    session.offers.noteItems([{ id: found.id, units: found.newText.length, repeatedUnits: 0 }]);
    return [{ title, kind, edit: workspaceEditOf(session, found), command: { title, command, arguments: [found.id] } }];
  };
