// `textDocument/completion`, LSP 3.18: suggestions as entries of the menu, for editors without ghost text. The client's
// profile says which shape an entry has, how long it may take and how a superseded request is answered.

import type { CompletionResult, DocumentRequest } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { errorCodeOf } from "../../../shared/errors.ts";
import type { MenuResult } from "../../../shared/lsp.ts";
import { typedSince } from "../documents/excerpt.ts";
import { isQuietWhenTyped } from "../errors.ts";
import { createBoundedCompletion } from "../menu/bounded-completion.ts";
import { isQuietPlace } from "../menu/comments.ts";
import { toMenuItem } from "../menu/menu-item.ts";
import { readDocumentPosition, readObject } from "../params.ts";
import { prepareRequest } from "../suggestions/document-request.ts";
import { offeredTexts } from "../suggestions/insertion-point.ts";
import type { Method } from "../types.ts";

const nothing: MenuResult = { isIncomplete: false, items: [] };
/** Nothing now; another request may find something. */
const nothingYet: MenuResult = { isIncomplete: true, items: [] };

export const completion: Method = (session) => {
  const boundedCompletion = createBoundedCompletion(session);

  const complete = async (ctx: Ctx, request: DocumentRequest): Promise<CompletionResult | "later" | undefined> => {
    const { maxWaitMs, whenSuperseded } = session.client().profile.menu;
    try {
      if (maxWaitMs !== undefined) return await boundedCompletion(ctx, request, maxWaitMs);
      const core = await session.core(ctx);
      const result = await core.complete(ctx, request);
      if (result.kind === "empty") ctx.log.debug("no suggestion", { reason: result.reason });
      return result;
    } catch (error) {
      const code = errorCodeOf(error);
      if (code === "superseded" && whenSuperseded === "empty" && !ctx.signal.aborted) return "later";
      if (!isQuietWhenTyped[code]) throw error;
      ctx.log.debug("no suggestion", { reason: code });
      return undefined;
    }
  };

  return async (ctx, params): Promise<MenuResult> => {
    const at = readDocumentPosition(readObject(params, "params"));
    const { uri, position } = at;
    // That a menu was requested by hand cannot be told from a word that was typed: clients say "invoked" for both.
    const prepared = prepareRequest(session, at, { trigger: "typed" });
    const { menu, menuInComments, menuPosition } = session.settings();
    if (!prepared || menu === "never") return nothing;
    const { document, excerpt, point, request } = prepared;
    ctx.log.debug("a menu was asked for", { line: position.line, character: position.character, id: ctx.id });
    const { languageId } = document;
    if (!menuInComments && isQuietPlace(languageId, excerpt.linePrefix)) return nothing;

    const result = await complete(ctx, request);
    if (result === "later") return nothingYet;
    if (result?.kind !== "items") return nothing;
    const typed = typedSince(document.text, session.documents.currentText(uri), excerpt.offset);
    // The edit stays that of the position that was asked for: clients undo what was typed since.
    const items = result.items.filter(({ text }) => typed !== undefined && text.startsWith(typed));
    if (items.length === 0) {
      ctx.log.debug("no suggestion fits what was typed since", { known: typed !== undefined });
      return nothingYet;
    }
    const client = session.client();
    const context = { languageId, menu: client.profile.menu, abilities: client.menuAbilities, position: menuPosition };
    const offered = items.map((item) => ({ id: item.id, entry: toMenuItem(item, point, context) }));
    session.offers.noteAnswer(
      uri,
      excerpt.position,
      document.revision,
      offered.map(({ id, entry: { textEdit } }) => ({
        id,
        units: textEdit.newText.length,
        repeatedUnits: excerpt.position.character - textEdit.range.start.character,
      })),
    );
    for (const { id } of items) session.acceptance.noteShown(id);
    session.acceptance.noteOffer(uri, document.text, offeredTexts(items, excerpt.offset));
    return { isIncomplete: client.profile.menu.isIncomplete, items: offered.map(({ entry }) => entry) };
  };
};
