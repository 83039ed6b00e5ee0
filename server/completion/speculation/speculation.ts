// Asks for what comes after a suggestion before anybody wants it, so that it is there when the suggestion has been taken.
// It does so once for each suggestion: at once when that was accepted; in time for its end when it is being typed; after
// a moment on screen when it was only shown. It stops as soon as the text goes another way or the document is closed.
// What it finds goes to memory.
//
// On a plan that counts completions nothing is asked ahead unless the person says so.

import type { CompletionItem, DocumentRequest } from "../../../shared/completion.ts";
import type { Clock, Log, Timer } from "../../../shared/context.ts";
import type { SessionSource } from "../../auth/types.ts";
import type { SessionToken } from "../../upstream/types.ts";
import type { OpenDocuments } from "../context/open-documents.ts";
import { isOneLiner } from "../languages.ts";
import { type LinkedAbort, linkAbort } from "../../runtime/cancel.ts";
import { type Origin, typedSinceOrigin } from "../anchor.ts";
import type { Place } from "../prompt-position.ts";
import { mayAgree } from "../cache/remainder.ts";
import type { Suggestion, Suggestions } from "../cache/shown-suggestions.ts";
import type { Answer, AnswerSource, Question } from "../query.ts";
import type { CompletionSettings } from "../settings.ts";
import type { Moment } from "../strategy.ts";
import { afterItem } from "./after-item.ts";

export interface Lookahead {
  /** Whether the cursor stands where a suggestion that was just accepted ended. */
  momentAt(documentId: string, place: Place): Moment;
  /** A question of a document has come: what it contradicts is given up. */
  onQuestion(documentId: string, place: Place): void;
  /** An answer was offered, and is the document's suggestion from now on. */
  onOffer(documentId: string, answer: Answer): void;
  shown(itemId: string): void;
  /** `whole`: all of it, not just its start. */
  accepted(itemId: string, whole: boolean): void;
  rejected(itemIds: readonly string[]): void;
  close(): void;
}

interface Deps {
  readonly clock: Clock;
  readonly log: Log;
  readonly sessions: Pick<SessionSource, "peek">;
  readonly documents: Pick<OpenDocuments, "follow">;
  readonly suggestions: Suggestions;
  readonly newId: () => string;
  readonly questionOf: (request: DocumentRequest, moment: Moment) => Question;
  /** Answers from memory or from what is under way, else asks. */
  readonly ask: AnswerSource;
  /** How many keys are pressed while an answer is fetched. */
  readonly keysPerAnswer: () => number;
}

interface Venture {
  /** The document as its editor knows it. */
  readonly openDocumentId: string;
  /** Where the suggestion began, and what is on the way from there. */
  readonly origin: Origin;
  readonly text: string;
  readonly link: LinkedAbort;
  timer: Timer | undefined;
  isAsked: boolean;
}

// Long enough to be read, and often dismissed.
const glanceMs = 250;
const maxAccepted = 32;

export function createLookahead(deps: Deps, settings: () => Pick<CompletionSettings, "speculation">): Lookahead {
  const { clock, log, sessions, suggestions } = deps;
  const ventures = new Map<string, Venture>();
  const acceptedAt = new Map<string, Origin>();

  const giveUp = (documentId: string): void => {
    const venture = ventures.get(documentId);
    if (!venture) return;
    ventures.delete(documentId);
    venture.timer?.cancel();
    venture.link.abort(new Error("The text went another way."));
  };
  deps.documents.follow({
    closed(id) {
      suggestions.forget(id);
      acceptedAt.delete(id);
      for (const [documentId, { openDocumentId }] of ventures) if (openDocumentId === id) giveUp(documentId);
    },
  });
  const isAllowed = (): boolean => {
    const { speculation } = settings();
    return speculation === "auto" ? !countsCompletions(sessions.peek()) : speculation === "on";
  };
  const ventureOf = ({ request, origin, texts: [text = ""] }: Suggestion): Venture => {
    const { documentId, openDocumentId = documentId } = request;
    const known = ventures.get(documentId);
    if (known) return known;
    const venture: Venture = { openDocumentId, origin, text, link: linkAbort(), timer: undefined, isAsked: false };
    ventures.set(documentId, venture);
    return venture;
  };
  const askAfter = (suggestion: Suggestion, item: CompletionItem | undefined): void => {
    if (!item || !isAllowed()) return;
    const venture = ventureOf(suggestion);
    venture.timer?.cancel();
    if (venture.isAsked) return;
    venture.isAsked = true;
    const { request } = suggestion;
    // A block holds the line that is offered after an accept; where one line is the rule it takes the few lines.
    const question = deps.questionOf(afterItem(request, item), isOneLiner(request.languageId) ? "accepted" : "usual");
    deps.ask({ signal: venture.link.signal, log, id: deps.newId() }, question, undefined).catch((error: unknown) => {
      if (!venture.link.signal.aborted) log.debug("nothing could be asked ahead", { error: String(error) });
    });
  };

  const momentAt = (documentId: string, place: Place): Moment => {
    const origin = acceptedAt.get(documentId);
    return origin && typedSinceOrigin(origin, place) === "" ? "accepted" : "usual";
  };

  return {
    momentAt,
    onQuestion(documentId, place) {
      const venture = ventures.get(documentId);
      if (!venture || momentAt(documentId, place) === "accepted") return;
      const typed = typedSinceOrigin(venture.origin, place);
      if (typed === undefined || !mayAgree(venture.text, typed, venture.origin)) giveUp(documentId);
      else if (typed.startsWith(venture.text)) {
        // Whoever is at its end already asks for himself.
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
      else if (source === "speculation") ventures.delete(documentId);
      else giveUp(documentId);
    },
    shown(itemId) {
      const suggestion = suggestions.withItem(itemId);
      const item = suggestion?.items.find(({ id }) => id === itemId);
      if (!suggestion || !item || !isAllowed()) return;
      const venture = ventureOf(suggestion);
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
        const end = deps.questionOf(afterItem(suggestion.request, item), "accepted").place.origin;
        acceptedAt.delete(documentId);
        if (end) acceptedAt.set(documentId, end);
        for (const oldest of acceptedAt.keys()) if (acceptedAt.size > maxAccepted) acceptedAt.delete(oldest);
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
    close() {
      for (const documentId of ventures.keys()) giveUp(documentId);
    },
  };
}

function countsCompletions(session: SessionToken | undefined): boolean {
  return session?.completionsRemaining !== undefined || /free|limited|quota/i.test(session?.sku ?? "");
}
