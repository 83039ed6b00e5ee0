// The suggestion that each document shows last. While what is typed agrees with it, it stays as it is, only shorter; what
// is deleted again comes back. It is not replaced by its own rest, and nothing newer pushes it aside before it ends.

import { LRUCache } from "lru-cache";
import type { CompletionItem, DocumentRequest } from "../../../shared/completion.ts";
import type { Answer, ChoiceText, CompletionQuery } from "../query.ts";
import { type Anchor, anchorOf, typedSinceAnchor } from "../anchor.ts";
import type { PromptPosition } from "../prompt-position.ts";
import { toLf } from "../text/line-ends.ts";
import { lineAfterCursor, lineBeforeCursor } from "../text/lines.ts";
import { isBlank, withoutTrailingWhiteSpace } from "../text/white-space.ts";
import { remainder } from "./remainder.ts";

export interface ShownSuggestion {
  readonly anchor: Anchor;
  /** As they were fitted into the document, from the anchor on, with what was to stay on the line behind each. */
  readonly texts: readonly FittedText[];
  /** What stood right of the cursor at the anchor, without white space around it. */
  readonly closers: string;
  readonly n: number;
  readonly model: string;
  /** As it was offered last: the place in the document, and what is left from there. */
  readonly request: DocumentRequest;
  readonly items: readonly CompletionItem[];
}

export interface FittedText {
  readonly text: string;
  readonly kept: string;
}

export interface ShownSuggestions {
  of(documentId: string): ShownSuggestion | undefined;
  /** The suggestion that an item belongs to, if it is still the one of its document. */
  withItem(id: string): ShownSuggestion | undefined;
  /** What is left of the document's suggestion; undefined when the text went another way or has come to its end. */
  through(query: CompletionQuery): { readonly texts: readonly ChoiceText[]; readonly model: string } | undefined;
  /** Whether the text went as the document's suggestion says; undefined when it came to its end, or is somewhere else. */
  agrees(query: CompletionQuery): boolean | undefined;
  /** An answer was offered. `items` empty: none is shown any more. */
  offer(query: CompletionQuery, request: DocumentRequest, answer: Answer, items: readonly CompletionItem[]): void;
  forget(documentId: string): void;
  clear(): void;
}

// Each keeps the text around its place alive.
const maxDocuments = 32;
const maxItems = 20;

export function createShownSuggestions(): ShownSuggestions {
  const shown = new LRUCache<string, ShownSuggestion>({ max: maxDocuments });

  return {
    of: (documentId) => shown.peek(documentId),
    withItem(id) {
      for (const suggestion of shown.values()) {
        if (suggestion.items.some((item) => item.id === id)) return suggestion;
      }
      return undefined;
    },
    through({ documentId, position, plan }) {
      const suggestion = documentId === undefined ? undefined : shown.get(documentId);
      if (!suggestion || suggestion.n < plan.n) return undefined;
      const texts = restsOf(suggestion, position);
      return texts.length > 0 ? { texts, model: suggestion.model } : undefined;
    },
    agrees({ documentId, position }) {
      const suggestion = documentId === undefined ? undefined : shown.peek(documentId);
      const through = suggestion && typedThrough(suggestion, position);
      if (!suggestion || !through) return undefined;
      if (restsOf(suggestion, position).length > 0) return true;
      return suggestion.texts.some(({ text }) => through.typed.startsWith(text.trimEnd())) ? undefined : false;
    },
    offer({ position, plan }, request, answer, offered) {
      const { documentId } = request;
      const current = shown.peek(documentId);
      // Two queries about one position, such as those of ghost text and menu, get items of their own.
      const isSame = current?.request.before === request.before && current.request.after === request.after;
      const items = offered.length > 0 && isSame ? [...current.items, ...offered].slice(-maxItems) : offered;
      if (items.length === 0) shown.delete(documentId);
      else if (current && answer.source === "typed-through") shown.set(documentId, { ...current, request, items });
      else {
        const anchor = anchorOf(position);
        const texts = items.map((item) => fittedText(request, item));
        const closers = lineAfterCursor(request.after).trim();
        if (anchor) shown.set(documentId, { anchor, texts, closers, n: plan.n, model: answer.model, request, items });
        else shown.delete(documentId);
      }
    },
    forget: (documentId) => void shown.delete(documentId),
    clear: () => shown.clear(),
  };
}

/** What is left of each alternative that `position` stands in. */
function restsOf(suggestion: ShownSuggestion, position: PromptPosition): readonly ChoiceText[] {
  const { anchor, closers } = suggestion;
  const through = typedThrough(suggestion, position);
  if (!through) return [];
  const texts = through.hasMoved ? suggestion.texts.map((one) => withoutMoved(one, closers)) : suggestion.texts;
  return texts
    .map(({ text, kept }) => ({ text: remainder(text, through.typed, anchor) ?? "", kept }))
    .filter(({ text, kept }) => text.trim() !== "" || (text.includes("\n") && !isBlank(kept)));
}

interface TypedThrough {
  readonly typed: string;
  /** What stood right of the cursor stands on a line below: Enter between brackets puts it there. */
  readonly hasMoved: boolean;
}

function typedThrough({ anchor, closers }: ShownSuggestion, position: PromptPosition): TypedThrough | undefined {
  const typed = typedSinceAnchor(anchor, position);
  if (typed !== undefined) return { typed, hasMoved: false };
  const moved =
    closers === "" ? undefined : typedSinceAnchor(anchor, position, () => position.surroundingsBelow(closers));
  return moved?.includes("\n") ? { typed: moved, hasMoved: true } : undefined;
}

/** Without the closing brackets at its end, if they are on a line of their own there too; else nothing. */
function withoutMoved({ text, kept }: FittedText, closers: string): FittedText {
  const whole = withoutTrailingWhiteSpace(text + kept);
  const start = whole.lastIndexOf("\n") + 1;
  const hasOwnLine = start > 0 && whole.slice(start).trim() === closers;
  return { text: hasOwnLine ? withoutTrailingWhiteSpace(whole.slice(0, start)) : "", kept: "" };
}

/** The item from where the position of its request is: on a blank line, from the start of that. */
function fittedText(
  { before, after }: DocumentRequest,
  { text, replaceBefore, replaceAfter }: CompletionItem,
): FittedText {
  const lineBefore = lineBeforeCursor(before);
  const start = isBlank(lineBefore) ? lineBefore.slice(0, lineBefore.length - replaceBefore) : "";
  return { text: start + toLf(text), kept: lineAfterCursor(after).slice(replaceAfter) };
}
