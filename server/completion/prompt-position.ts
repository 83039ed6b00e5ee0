// Where a query stands, in a form that the cache and the in-flight requests can compare: the text around the position and
// fingerprints of everything else that its prompt would contain. The cost is bounded by the window, whatever the length
// of the document.
//
// A position is where the service's answer begins: at the cursor, or at the start of the cursor's line when nothing but
// white space stands before it. Line ends are `\n` in it, as they are in answers.

import { createHash } from "node:crypto";
import type { CompletionRequest } from "../../shared/completion.ts";
import { detached } from "../runtime/detached-string.ts";
import { toLf } from "./text/line-ends.ts";
import { lineAfterCursor, lineBeforeCursor } from "./text/lines.ts";
import { suffixOf } from "./prompt/suffix.ts";
import { isBlank } from "./text/white-space.ts";

export interface PromptPosition {
  /** The end of the text before the position. */
  readonly before: string;
  /** Where the position's line begins in `before`, then the line above, as far up as an answer may have begun. */
  lineStarts(): readonly number[];
  /** Fingerprint of what the prompt contains besides the text before the position. */
  surroundings(): string;
  /** As `surroundings`, had the lines below not begun with `closers`; undefined where they do not. */
  surroundingsBelow(closers: string): string | undefined;
  /** Fingerprint of the text that a prompt contains of what stands before offset `start` of `before`. */
  textAbove(start: number): string;
}

// The text before the position that a prompt may contain: of 444 long public files the prompt's tokens reached up to 23,000
// characters at the median, 31,500 in 99 of 100. `typedChars` may have been typed since an answer was asked for, and both
// together stay within what is given of a document.
const promptChars = 40_000;
const typedChars = 6_144;
const beforeChars = 48_000;
// A prompt whose text before the position is short has room for as much of what stands below.
const suffixChars = 40_000;
const maxLines = 40;

/**
 * `names`: models that are asked for by name. `contextRevision` is another one when pieces of other documents that the
 * prompt contains may be different.
 */
export type PromptPositionOf = (
  request: CompletionRequest,
  names: readonly string[],
  contextRevision: string,
) => PromptPosition;

export function createPromptPositions(): PromptPositionOf {
  const fingerprintAbove = createFingerprint();
  const fingerprintBelow = createFingerprint();

  return (request, names, contextRevision) => {
    const { kind } = request;
    const line = kind === "document" ? lineBeforeCursor(request.before.slice(-typedChars)) : "";
    const end = request.before.length - (isBlank(line) ? line.length : 0);
    const start = Math.max(0, end - beforeChars);
    const before = toLf(request.before.slice(start, end));
    const isWhole = start === 0 && (kind === "prompt" || request.beforeOffset === 0);
    const above = new Map<number, string>();
    const rest = once(() => digestOf(describe(request, names, contextRevision)));
    return {
      before,
      lineStarts: once(() => lineStartsIn(before, isWhole)),
      surroundings: once(() => `${rest()} ${fingerprintBelow(textBelow(request))}`),
      surroundingsBelow(closers) {
        const { after } = request;
        const below = kind === "document" && isBlank(lineAfterCursor(after)) ? after.trimStart() : "";
        if (closers === "" || !below.startsWith(closers)) return undefined;
        return `${rest()} ${fingerprintBelow(textBelow({ ...request, after: below.slice(closers.length) }))}`;
      },
      textAbove(at) {
        const from = Math.max(0, at - promptChars);
        const begin = from === 0 && isWhole ? "start of text\n" : "";
        const known = above.get(at) ?? fingerprintAbove(begin + before.slice(from, at));
        above.set(at, known);
        return known;
      },
    };
  };
}

function lineStartsIn(before: string, isWhole: boolean): readonly number[] {
  const starts: number[] = [];
  const farthest = before.length - typedChars;
  for (let end = before.length; starts.length < maxLines; ) {
    const lineBreak = end === 0 ? -1 : before.lastIndexOf("\n", end - 1);
    if (lineBreak < farthest || (lineBreak < 0 && !isWhole)) break;
    starts.push(lineBreak + 1);
    if (lineBreak < 0) break;
    end = lineBreak;
  }
  return starts;
}

function textBelow(request: CompletionRequest): string {
  return toLf(suffixOf(request).slice(0, suffixChars));
}

/** What a prompt contains besides the text around the position, and what was asked for. */
function describe(request: CompletionRequest, names: readonly string[], contextRevision: string): string {
  const { kind, languageId, path, stop, maxTokens, topP } = request;
  const files = kind === "prompt" ? request.files : undefined;
  return JSON.stringify([kind, languageId, path, names, stop, maxTokens, topP, files, contextRevision]);
}

/** Most keys change neither the lines above nor those below, and comparing them takes a tenth of hashing them. */
function createFingerprint(): (text: string) => string {
  let last = { text: "", digest: digestOf("") };
  return (text) => {
    if (text !== last.text) last = { text: detached(text), digest: digestOf(text) };
    return last.digest;
  };
}

function digestOf(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
