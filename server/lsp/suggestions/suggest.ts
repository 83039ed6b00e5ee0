// The way from a place in an open document to suggestions that are fitted into it, for every method that offers some. A
// method reads its params and gives the answer its shape; what can be wrong with a document, a place or a failure is
// decided here once.

import type {
  CompletionResult,
  DocumentRequest,
  Indentation,
  ItemSink,
  LineMode,
  Trigger,
} from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { isQuietWhenTyped } from "../errors.ts";
import { excerptAt, fitsStill } from "../documents/excerpt.ts";
import type { Offer } from "./offers.ts";
import { fitItem, offeredTexts, type Place, placeOf, questionAt, type SelectedEntry } from "./insertion-point.ts";
import type { LspSettings, Session } from "../types.ts";

/** Asked for by hand where there is a suggestion already: the person wants others. */
export const cycledItems = 3;

export interface Wish {
  readonly uri: string;
  /** Refused with `content-modified` when it is given and is not the current one. */
  readonly version: number | undefined;
  readonly position: LspPosition;
  readonly trigger: Trigger;
  /** How many alternatives; `more-when-repeated`: one, and several when it is asked again by hand where it was. */
  readonly n: number | "more-when-repeated";
  readonly rangeStyle: LspSettings["rangeStyle"];
  readonly selected?: SelectedEntry;
  readonly indentation?: Indentation;
  /** Absent: as the settings say. */
  readonly lines?: LineMode;
  /** A list of its own beside the editor: neither supersedes the suggestions at the cursor nor is superseded by them. */
  readonly aside?: boolean;
  /** Told of each suggestion as soon as it is whole; the answer repeats them. A promise holds the others back. */
  readonly onSuggestion?: (suggestion: Suggestion, version: number) => void | Promise<void>;
}

export interface Suggestion {
  readonly id: string;
  readonly insertText: string;
  readonly range: LspRange;
  /** What is new in `insertText`: without the part that repeats the line up to the cursor. */
  readonly newText: string;
}

export interface Suggestions {
  /** Version of the document that they are for. */
  readonly version: number;
  /** Where the cursor really is. */
  readonly position: LspPosition;
  readonly items: readonly Suggestion[];
}

/**
 * Throws `unknown-document`, `content-modified` (before or while it was under way) and what `Core.complete` throws; of
 * that nothing which a person who only types is not told of here. Suggestions that it answers are known to the session
 * from then on.
 */
export async function suggest(session: Session, ctx: Ctx, wish: Wish): Promise<Suggestions> {
  const { uri, trigger } = wish;
  // The text is taken now: the next message may change it.
  const document = session.documents.get(uri, wish.version);
  const { version } = document;
  const excerpt = excerptAt(document.text, wish.position);
  if (!excerpt) {
    const { lineCount } = document.text;
    ctx.log.debug("nothing to complete below the last line", { line: wish.position.line, lines: lineCount });
    return { version, position: wish.position, items: [] };
  }
  const { position } = excerpt;
  const isRepeated = trigger === "invoked" && session.offers.wasJustAnswered(uri, position, document.revision);
  const place = placeOf(excerpt, wish.selected);
  const question = questionAt(document, place, {
    trigger,
    lines: wish.lines ?? session.settings().lines,
    path: session.workspace.relativePath(uri),
    file: session.workspace.fullPath(uri),
    n: wish.n === "more-when-repeated" ? (isRepeated ? cycledItems : undefined) : wish.n,
    indentation: wish.indentation,
  });

  const { onSuggestion } = wish;
  const isStale = (): boolean => !fitsStill(document.text, session.documents.currentText(uri), excerpt.offset);
  const tell: ItemSink = (item) => {
    if (isStale()) return undefined;
    const suggestion = fit(item, place, wish.rangeStyle);
    session.offers.noteItems([offerOf(suggestion)]);
    return onSuggestion?.(suggestion, version);
  };
  const result = await ask(session, ctx, wish.aside ? asideOf(question) : question, onSuggestion && tell);
  if (isStale()) {
    throw new CopilotError("content-modified", "The document was changed while the request was under way.");
  }
  const items = result?.kind === "items" ? result.items.map((item) => fit(item, place, wish.rangeStyle)) : [];
  if (items.length === 0) return { version, position, items };
  const offers = items.map(offerOf);
  if (wish.aside) session.offers.noteItems(offers);
  else {
    session.offers.noteAnswer(uri, position, document.revision, offers);
    session.acceptance.noteOffer(
      uri,
      document.text,
      offeredTexts(result?.kind === "items" ? result.items : [], excerpt.offset),
    );
  }
  return { version, position, items };
}

function fit(item: Parameters<typeof fitItem>[0], place: Place, style: LspSettings["rangeStyle"]): Suggestion {
  return { id: item.id, ...fitItem(item, place, style), newText: item.text };
}

function offerOf({ id, insertText, newText }: Suggestion): Offer {
  return { id, units: insertText.length, repeatedUnits: insertText.length - newText.length };
}

/** As a question of its own, which neither supersedes nor is superseded, about the same open document. */
function asideOf(question: DocumentRequest): DocumentRequest {
  const { documentId } = question;
  return { ...question, documentId: `${documentId}#aside`, openDocumentId: documentId };
}

/** Undefined for a failure that a person who only types is not told of here. */
async function ask(
  session: Session,
  ctx: Ctx,
  question: DocumentRequest,
  onItem: ItemSink | undefined,
): Promise<CompletionResult | undefined> {
  try {
    const core = await session.core(ctx);
    const result = await core.complete(ctx, question, undefined, onItem);
    if (result.kind === "empty") ctx.log.debug("no suggestion", { reason: result.reason });
    return result;
  } catch (error) {
    const code = errorCodeOf(error);
    if (question.trigger !== "typed" || !isQuietWhenTyped[code]) throw error;
    ctx.log.debug("no suggestion", { reason: code });
    return undefined;
  }
}
