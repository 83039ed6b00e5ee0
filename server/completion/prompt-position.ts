// Where a query stands, in a form that the cache and the in-flight requests can compare: the text around the position and
// fingerprints of everything else that its prompt would contain. The cost is bounded by the window, whatever the length
// of the document.
//
// A position is where the service's answer begins: at the cursor, or at the start of the cursor's line when nothing but
// white space stands before it. Line ends are `\n` in it, as they are in answers.

import { createHash } from "node:crypto";
import type { CompletionRequest } from "../../shared/completion.ts";
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

// What the longest prompt contains, and what may have been typed since an answer was asked for.
const promptChars = 24_000;
const typedChars = 6_144;
const beforeChars = 48_000;
const suffixChars = 12_000;
const maxLines = 40;

/**
 * `names`: models that are asked for by name. `contextRevision` is another one when pieces of other documents that the
 * prompt contains may be different.
 */
export function promptPositionOf(
  request: CompletionRequest,
  names: readonly string[],
  contextRevision: string,
): PromptPosition {
  const { kind } = request;
  const line = kind === "document" ? lineBeforeCursor(request.before.slice(-typedChars)) : "";
  const end = request.before.length - (isBlank(line) ? line.length : 0);
  const start = Math.max(0, end - beforeChars);
  const before = toLf(request.before.slice(start, end));
  const isWhole = start === 0 && (kind === "prompt" || request.beforeOffset === 0);
  const above = new Map<number, string>();
  return {
    before,
    lineStarts: once(() => lineStartsIn(before, isWhole)),
    surroundings: once(() => surroundingsOf(request, names, contextRevision)),
    surroundingsBelow(closers) {
      const { after } = request;
      const rest = kind === "document" && isBlank(lineAfterCursor(after)) ? after.trimStart() : "";
      if (closers === "" || !rest.startsWith(closers)) return undefined;
      return surroundingsOf({ ...request, after: rest.slice(closers.length) }, names, contextRevision);
    },
    textAbove(at) {
      const from = Math.max(0, at - promptChars);
      const begin = from === 0 && isWhole ? "start of text\n" : "";
      const known = above.get(at) ?? digestOf(begin + before.slice(from, at));
      above.set(at, known);
      return known;
    },
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

function surroundingsOf(request: CompletionRequest, names: readonly string[], contextRevision: string): string {
  const { kind, languageId, path, stop, maxTokens, topP } = request;
  const files = kind === "prompt" ? request.files : undefined;
  const suffix = toLf(suffixOf(request).slice(0, suffixChars));
  return digestOf(
    JSON.stringify([kind, languageId, path, names, stop, maxTokens, topP, files, contextRevision, suffix]),
  );
}

function digestOf(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
