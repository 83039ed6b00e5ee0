// Cuts the text and its context to what a model can read, and so that as much as possible of the prompt's beginning stays
// the same from key to key: servers work out again only what follows the first difference. The head is therefore cut in
// steps, other files stay as they were sent while the person stays near, and what was typed last, the cursor's line at
// least, is a piece of its own, which goes to the end of the prompt.

import { LRUCache } from "lru-cache";
import type { ServiceFile, ServiceRequest } from "../../completion/service.ts";

export interface PromptPieces {
  /** Whole lines before `line`. */
  readonly above: string;
  /** The cursor's line up to the cursor, and lines above it that were typed since `above` was sent first. */
  readonly line: string;
  readonly after: string;
  readonly files: readonly ServiceFile[];
  readonly heading: string;
}

export interface PromptLayout {
  /** Pieces of at most `maxChars` together. */
  cut(request: ServiceRequest, maxChars: number): PromptPieces;
}

interface Sent {
  /** The start of what was sent of the text; empty where that was all of it. */
  readonly head: string;
  /** Where that begins in the text that was given. */
  readonly start: number;
  readonly files: readonly ServiceFile[];
  readonly above: string;
  /** Characters before the cursor. */
  readonly chars: number;
}

const maxDocuments = 20;
const suffixShare = 0.2;
/** How much of the room for text is filled after a cut: the rest is filled by typing before the next one. */
const filledShare = 0.75;
/** Room that other files leave for text. */
const spareShare = 0.125;
const headChars = 64;
const maxLineSearch = 500;
/** Within it the same other files are of use: some forty lines. */
const nearChars = 1_500;
/** What is typed behind `above` before that grows: a dozen lines. Each time it does, the suffix is worked out anew. */
const maxLineChars = 600;

export function createPromptLayout(): PromptLayout {
  const documents = new LRUCache<string, Sent>({ max: maxDocuments });
  let lastId: string | undefined;

  return {
    cut(request, maxChars) {
      const { documentId, prompt, heading } = request;
      const known = documentId === undefined ? undefined : documents.get(documentId);
      const after = clipEnd(request.suffix, Math.floor(maxChars * suffixShare));
      const room = Math.max(0, maxChars - after.length - heading.length);
      const { before, head, start } = clipStart(prompt, request.startsDocument, room, known);
      const isNear =
        known !== undefined &&
        documentId === lastId &&
        head === known.head &&
        Math.abs(prompt.length - known.chars) <= nearChars &&
        before.length + charsOf(known.files) <= room;
      const files = isNear ? known.files : fitting(request.files, room * (1 - spareShare) - before.length);
      const isTypedOn = isNear && before.startsWith(known.above) && before.length - known.above.length <= maxLineChars;
      const lineStart = isTypedOn ? known.above.length : before.lastIndexOf("\n") + 1;
      if (documentId !== undefined) {
        const above = before.slice(0, lineStart);
        documents.set(documentId, { head, start, files, above, chars: isNear ? known.chars : prompt.length });
        lastId = documentId;
      }
      return { above: before.slice(0, lineStart), line: before.slice(lineStart), after, files, heading };
    },
  };
}

function clipStart(
  text: string,
  startsDocument: boolean,
  room: number,
  known: Pick<Sent, "head" | "start"> | undefined,
): { readonly before: string; readonly head: string; readonly start: number } {
  const knownHead = known?.head;
  const isCut = known !== undefined && knownHead !== undefined && knownHead !== "";
  if (startsDocument && text.length <= (isCut ? room * filledShare : room)) return { before: text, head: "", start: 0 };
  // Where it was, for the same lines may stand elsewhere as well; else where an edit above has moved it.
  const at = !isCut ? -1 : text.startsWith(knownHead, known.start) ? known.start : text.indexOf(knownHead);
  if (isCut && at >= 0 && text.length - at <= room) return { before: text.slice(at), head: knownHead, start: at };
  let start = text.length - Math.floor(Math.min(room, text.length) * filledShare);
  const lineBreak = text.indexOf("\n", start);
  if (lineBreak >= 0 && lineBreak - start < maxLineSearch) start = lineBreak + 1;
  const before = withoutTornStart(text.slice(start));
  // Not the cursor's line, which is another one at the next key.
  const isSteady = before.indexOf("\n") >= 0;
  const head = isSteady ? before.slice(0, Math.min(headChars, before.lastIndexOf("\n") + 1)) : "";
  return { before, head, start: text.length - before.length };
}

function clipEnd(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const lineBreak = maxChars > 0 ? text.lastIndexOf("\n", maxChars - 1) : -1;
  const end = lineBreak >= 0 && maxChars - lineBreak < maxLineSearch ? lineBreak + 1 : maxChars;
  return /[\uD800-\uDBFF]/.test(text.charAt(end - 1)) ? text.slice(0, end - 1) : text.slice(0, end);
}

function withoutTornStart(text: string): string {
  return /^[\uDC00-\uDFFF]/.test(text) ? text.slice(1) : text;
}

/** The most telling that fit, in their order. */
function fitting(files: readonly ServiceFile[], room: number): readonly ServiceFile[] {
  const fit: ServiceFile[] = [];
  let left = room;
  for (const file of files.toReversed()) {
    const chars = charsOf([file]);
    if (chars > left) continue;
    left -= chars;
    fit.unshift(file);
  }
  return fit;
}

// Path, words of the template and, in a comment, a mark before each line.
const charsPerFile = 80;
const charsPerLine = 3;

function charsOf(files: readonly ServiceFile[]): number {
  return files.reduce(
    (sum, { text }) => sum + text.length + charsPerFile + charsPerLine * (text.split("\n").length - 1),
    0,
  );
}
