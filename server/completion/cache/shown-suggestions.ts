// The suggestion that each document shows last. While what is typed agrees with it, it stays as it is, only shorter; what
// is deleted again comes back. It is not replaced by its own rest, and nothing newer pushes it aside before it ends.

import { LRUCache } from "lru-cache";
import type { CompletionItem, DocumentRequest } from "../../../shared/completion.ts";
import type { Answer, Question } from "../query.ts";
import { type Origin, typedSinceOrigin } from "../anchor.ts";
import type { Place } from "../prompt-position.ts";
import { remainder } from "./remainder.ts";

export interface Suggestion {
  readonly origin: Origin;
  /** As the service gave them, from the origin on. */
  readonly texts: readonly string[];
  readonly n: number;
  readonly model: string;
  /** As it was offered last: the place in the document, and what is left from there. */
  readonly request: DocumentRequest;
  readonly items: readonly CompletionItem[];
}

export interface Suggestions {
  of(documentId: string): Suggestion | undefined;
  /** The suggestion that an item belongs to, if it is still the one of its document. */
  withItem(id: string): Suggestion | undefined;
  /** What is left of the document's suggestion; undefined when the text went another way or has come to its end. */
  through(question: Question): { readonly texts: readonly string[]; readonly model: string } | undefined;
  /** Whether the text went as the document's suggestion says; undefined when it came to its end, or is somewhere else. */
  agrees(question: Question): boolean | undefined;
  /** An answer was offered. `items` empty: none is shown any more. */
  offer(question: Question, request: DocumentRequest, answer: Answer, items: readonly CompletionItem[]): void;
  forget(documentId: string): void;
}

// Each keeps the text around its place alive.
const maxDocuments = 32;

export function createSuggestions(): Suggestions {
  const shown = new LRUCache<string, Suggestion>({ max: maxDocuments });

  return {
    of: (documentId) => shown.peek(documentId),
    withItem(id) {
      for (const suggestion of shown.values()) {
        if (suggestion.items.some((item) => item.id === id)) return suggestion;
      }
      return undefined;
    },
    through({ documentId, place, plan }) {
      const suggestion = documentId === undefined ? undefined : shown.get(documentId);
      if (!suggestion || suggestion.n < plan.n) return undefined;
      const texts = restsOf(suggestion, place);
      return texts.length > 0 ? { texts, model: suggestion.model } : undefined;
    },
    agrees({ documentId, place }) {
      const suggestion = documentId === undefined ? undefined : shown.peek(documentId);
      const typed = suggestion && typedSinceOrigin(suggestion.origin, place);
      if (!suggestion || typed === undefined) return undefined;
      if (restsOf(suggestion, place).length > 0) return true;
      return suggestion.texts.some((text) => typed.startsWith(text.trimEnd())) ? undefined : false;
    },
    offer({ place, plan }, request, answer, items) {
      const { documentId } = request;
      const current = shown.peek(documentId);
      if (items.length === 0) shown.delete(documentId);
      else if (current && answer.source === "typed-through") shown.set(documentId, { ...current, request, items });
      else {
        const { origin } = place;
        const texts = answer.choices.map(({ text }) => text);
        if (origin) shown.set(documentId, { origin, texts, n: plan.n, model: answer.model, request, items });
        else shown.delete(documentId);
      }
    },
    forget: (documentId) => void shown.delete(documentId),
  };
}

/** What is left of each alternative that `place` stands in. */
function restsOf({ origin, texts }: Suggestion, place: Place): readonly string[] {
  const typed = typedSinceOrigin(origin, place);
  if (typed === undefined) return [];
  return texts.map((text) => remainder(text, typed, origin) ?? "").filter((rest) => rest.trim() !== "");
}
