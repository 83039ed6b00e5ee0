// From a place in an open document to suggestions that are fitted into it, for every method that offers some. A method
// reads its params and shapes its answer; what can be wrong with a document, a place or a failure is decided here once.

import type { CompletionItem, CompletionResult, DocumentRequest, ItemSink } from "../../../shared/completion.ts";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError, errorCodeOf } from "../../../shared/errors.ts";
import type { LspPosition, LspRange } from "../../../shared/lsp.ts";
import { fitsStill } from "../documents/excerpt.ts";
import { isQuietWhenTyped } from "../errors.ts";
import type { Session } from "../types.ts";
import { type DocumentPosition, prepareRequest, type RequestOptions } from "./document-request.ts";
import { fitItem, type InsertionPoint, offeredTexts, type RangeStyle } from "./insertion-point.ts";
import type { Offer } from "./offers.ts";

/** Requested by hand where there is a suggestion already: the person wants others. */
export const cycledItems = 3;
/** For a panel: as many as one request to the service may ask for. */
export const panelItems = 10;

export interface SuggestParams extends DocumentPosition, Omit<RequestOptions, "n"> {
  /** How many alternatives; `more-when-repeated`: one, and several when it is requested again by hand where it was. */
  readonly n: number | "more-when-repeated";
  readonly rangeStyle: RangeStyle;
  /** A list beside the editor: it neither supersedes the suggestions at the cursor nor is superseded by them. */
  readonly aside?: boolean;
  /** Called with each suggestion as soon as it is whole; the answer repeats them. A promise delays the others. */
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
 * Throws `unknown-document`, `content-modified` (before or while it was under way) and what `Core.complete` throws, except
 * failures that a person who only types is not told of. The session knows the suggestions from then on.
 */
export async function suggest(session: Session, ctx: Ctx, params: SuggestParams): Promise<Suggestions> {
  const { uri, trigger, indentation, lines, selected, rangeStyle, onSuggestion, aside = false } = params;
  const prepared = prepareRequest(session, params, { trigger, indentation, lines, selected });
  if (!prepared) {
    const { version } = session.documents.get(uri, params.version);
    ctx.log.debug("nothing to complete below the last line", { line: params.position.line });
    return { version, position: params.position, items: [] };
  }
  const { document, excerpt, point } = prepared;
  const { position } = excerpt;
  const isRepeated = trigger === "invoked" && session.offers.wasJustAnswered(uri, position, document.revision);
  const n = params.n === "more-when-repeated" ? (isRepeated ? cycledItems : undefined) : params.n;
  const request = { ...prepared.request, n };

  const isStale = (): boolean => !fitsStill(document.text, session.documents.currentText(uri), excerpt.offset);
  const onItem: ItemSink = (item) => {
    if (isStale()) return undefined;
    const suggestion = fit(item, point, rangeStyle);
    session.offers.noteItems([offerOf(suggestion)]);
    return onSuggestion?.(suggestion, document.version);
  };
  const result = await complete(session, ctx, aside ? besideCursor(request) : request, onSuggestion && onItem);
  if (isStale()) {
    throw new CopilotError("content-modified", "The document was changed while the request was under way.");
  }
  const found = result?.kind === "items" ? result.items : [];
  const items = found.map((item) => fit(item, point, rangeStyle));
  const offers = items.map(offerOf);
  if (aside) session.offers.noteItems(offers);
  else if (items.length > 0) {
    session.offers.noteAnswer(uri, position, document.revision, offers);
    session.acceptance.noteOffer(uri, document.text, offeredTexts(found, excerpt.offset));
  }
  return { version: document.version, position, items };
}

function fit(item: CompletionItem, point: InsertionPoint, style: RangeStyle): Suggestion {
  return { id: item.id, ...fitItem(item, point, style), newText: item.text };
}

function offerOf({ id, insertText, newText }: Suggestion): Offer {
  return { id, units: insertText.length, repeatedUnits: insertText.length - newText.length };
}

/** The same request under another document id, so that it neither supersedes the cursor's nor is superseded by it. */
function besideCursor(request: DocumentRequest): DocumentRequest {
  const { documentId } = request;
  return { ...request, documentId: `${documentId}#aside`, openDocumentId: documentId };
}

/** Undefined for a failure that a person who only types is not told of. */
async function complete(
  session: Session,
  ctx: Ctx,
  request: DocumentRequest,
  onItem: ItemSink | undefined,
): Promise<CompletionResult | undefined> {
  try {
    const core = await session.core(ctx);
    const result = await core.complete(ctx, request, undefined, onItem);
    if (result.kind === "empty") ctx.log.debug("no suggestion", { reason: result.reason });
    return result;
  } catch (error) {
    const code = errorCodeOf(error);
    if (request.trigger !== "typed" || !isQuietWhenTyped[code]) throw error;
    ctx.log.debug("no suggestion", { reason: code });
    return undefined;
  }
}
