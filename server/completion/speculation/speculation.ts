// Asks for what comes after a suggestion before anybody waits for it, so that it is in the cache when the suggestion has
// been taken. Once for each suggestion: at once when it was accepted; in time for its end when it is being typed; after a
// moment on screen when it was only shown. Stops as soon as the text goes another way or the document is closed.
//
// Where the service counts completions nothing is asked ahead unless the settings say so.

import { LRUCache } from "lru-cache";
import type { CompletionItem, DocumentRequest } from "../../../shared/completion.ts";
import type { Clock, Log, Timer } from "../../../shared/context.ts";
import { type LinkedAbort, linkAbort } from "../../runtime/cancel.ts";
import { type Anchor, anchorOf, typedSinceAnchor } from "../anchor.ts";
import { mayAgree } from "../cache/remainder.ts";
import type { ShownSuggestion, ShownSuggestions } from "../cache/shown-suggestions.ts";
import type { OpenDocuments } from "../context/open-documents.ts";
import { languageOf } from "../../../shared/languages.ts";
import type { PromptPosition } from "../prompt-position.ts";
import type { Answer, AnswerSource, CompletionQuery } from "../query.ts";
import type { CompletionService } from "../service.ts";
import type { CompletionSettings } from "../settings.ts";
import { afterItem } from "./after-item.ts";

export interface Speculation {
  /** Whether the cursor stands where a suggestion that was just accepted ended. */
  isAfterAccept(documentId: string, position: PromptPosition): boolean;
  /** A query of a document has come: what it contradicts is given up. */
  onQuery(documentId: string, position: PromptPosition): void;
  /** An answer was offered, and is the document's suggestion from now on. */
  onOffer(documentId: string, answer: Answer): void;
  shown(itemId: string): void;
  /** `whole`: all of it, not just its start. */
  accepted(itemId: string, whole: boolean): void;
  rejected(itemIds: readonly string[]): void;
  stopAll(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly service: Pick<CompletionService, "capabilities">;
  readonly documents: Pick<OpenDocuments, "follow">;
  readonly suggestions: ShownSuggestions;
  readonly newId: () => string;
  readonly queryOf: (request: DocumentRequest, afterAccept: boolean) => CompletionQuery;
  /** Answers from the cache or from what is under way, else asks. */
  readonly ask: AnswerSource;
  /** How many keys are pressed while an answer is fetched. */
  readonly keysPerAnswer: () => number;
}

interface PendingSpeculation {
  /** The document as its editor knows it. */
  readonly openDocumentId: string;
  /** Where the suggestion began, and its text. */
  readonly anchor: Anchor;
  readonly text: string;
  readonly link: LinkedAbort;
  timer: Timer | undefined;
  isAsked: boolean;
}

// Long enough to be read, and often dismissed.
const glanceMs = 250;
const maxAccepted = 32;

/** Whether anything may be asked for before somebody waits for it. */
export function maySpeculate(
  { capabilities }: Pick<CompletionService, "capabilities">,
  { speculation }: Pick<CompletionSettings, "speculation">,
): boolean {
  return speculation === "auto" ? !capabilities.countsCompletions() : speculation === "on";
}

export function createSpeculation(deps: Deps, settings: () => Pick<CompletionSettings, "speculation">): Speculation {
  const { clock, log, service, suggestions } = deps;
  const pending = new Map<string, PendingSpeculation>();
  const acceptedAt = new LRUCache<string, Anchor>({ max: maxAccepted });

  const giveUp = (documentId: string): void => {
    const venture = pending.get(documentId);
    if (!venture) return;
    pending.delete(documentId);
    venture.timer?.cancel();
    venture.link.abort(new Error("The text went another way."));
  };
  deps.documents.follow({
    closed(id) {
      suggestions.forget(id);
      acceptedAt.delete(id);
      for (const [documentId, { openDocumentId }] of pending) if (openDocumentId === id) giveUp(documentId);
    },
  });
  const isAllowed = (): boolean => service.capabilities.prefetches !== true && maySpeculate(service, settings());
  const pendingOf = ({ request, anchor, texts: [fitted] }: ShownSuggestion): PendingSpeculation => {
    const { documentId, openDocumentId = documentId } = request;
    const known = pending.get(documentId);
    if (known) return known;
    const venture: PendingSpeculation = {
      openDocumentId,
      anchor,
      text: fitted?.text ?? "",
      link: linkAbort(),
      timer: undefined,
      isAsked: false,
    };
    pending.set(documentId, venture);
    return venture;
  };
  const askAfter = (suggestion: ShownSuggestion, item: CompletionItem | undefined): void => {
    if (!item || !isAllowed()) return;
    const venture = pendingOf(suggestion);
    venture.timer?.cancel();
    if (venture.isAsked) return;
    venture.isAsked = true;
    const { request } = suggestion;
    // A block holds the line that is offered after an accept; where one line is the rule it takes the few lines.
    const query = deps.queryOf(afterItem(request, item), languageOf(request.languageId).isOneLiner);
    deps.ask({ signal: venture.link.signal, log, id: deps.newId() }, query, undefined).catch((error: unknown) => {
      if (!venture.link.signal.aborted) log.debug("nothing could be asked ahead", { error: String(error) });
    });
  };

  const isAfterAccept = (documentId: string, position: PromptPosition): boolean => {
    const anchor = acceptedAt.get(documentId);
    return anchor !== undefined && typedSinceAnchor(anchor, position) === "";
  };

  return {
    isAfterAccept,
    onQuery(documentId, position) {
      const venture = pending.get(documentId);
      if (!venture || isAfterAccept(documentId, position)) return;
      const typed = typedSinceAnchor(venture.anchor, position);
      if (typed === undefined || !mayAgree(venture.text, typed, venture.anchor)) giveUp(documentId);
      else if (typed.startsWith(venture.text)) {
        // The query at its end asks itself.
        venture.timer?.cancel();
        venture.isAsked = true;
      }
    },
    onOffer(documentId, { source }) {
      const suggestion = suggestions.of(documentId);
      if (source === "typed-through" && suggestion) {
        const [item] = suggestion.items;
        // Not before it has to be: the next keys may still contradict it.
        if (item && item.text.length <= deps.keysPerAnswer()) askAfter(suggestion, item);
      }
      // What was found ahead is on screen now; the rest of it may still be coming.
      else if (source === "speculation") pending.delete(documentId);
      else giveUp(documentId);
    },
    shown(itemId) {
      const suggestion = suggestions.withItem(itemId);
      const item = suggestion?.items.find(({ id }) => id === itemId);
      if (!suggestion || !item || !isAllowed()) return;
      const venture = pendingOf(suggestion);
      if (venture.isAsked) return;
      venture.timer?.cancel();
      venture.timer = clock.after(glanceMs, () => askAfter(suggestion, item));
    },
    accepted(itemId, whole) {
      const suggestion = suggestions.withItem(itemId);
      const item = suggestion?.items.find(({ id }) => id === itemId);
      if (!suggestion || !item) return;
      const { documentId } = suggestion.request;
      if (whole) {
        const end = anchorOf(deps.queryOf(afterItem(suggestion.request, item), true).position);
        if (end) acceptedAt.set(documentId, end);
        else acceptedAt.delete(documentId);
      }
      askAfter(suggestion, item);
    },
    rejected(itemIds) {
      for (const id of itemIds) {
        const documentId = suggestions.withItem(id)?.request.documentId;
        if (documentId === undefined) continue;
        suggestions.forget(documentId);
        giveUp(documentId);
      }
    },
    stopAll() {
      acceptedAt.clear();
      for (const documentId of pending.keys()) giveUp(documentId);
    },
  };
}
