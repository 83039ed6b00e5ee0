// The prompt as it is sent: context, then the text before the cursor, and the text after it, each within its budget.
// Does not know what the answer is for.

import type { CompletionRequest } from "../../../shared/completion.ts";
import type { ServiceRequest } from "../service.ts";
import { withoutTornEnd } from "../text/characters.ts";
import type { ContextBlock } from "../context/blocks.ts";
import { toLf } from "../text/line-ends.ts";
import { lineBeforeCursor } from "../text/lines.ts";
import { isBlank, leadingWhiteSpace } from "../text/white-space.ts";
import { asComment } from "./comment.ts";
import { fitInto } from "./elision.ts";
import { suffixOf } from "./suffix.ts";
import { clipTail, countTokens } from "./tokens.ts";

/** The parts of a `ServiceRequest` that are text, or are worked out of it. */
export type Prompt = Pick<
  ServiceRequest,
  | "prompt"
  | "suffix"
  | "context"
  | "path"
  | "file"
  | "heading"
  | "indentation"
  | "files"
  | "startsDocument"
  | "repository"
  | "promptTokens"
  | "suffixTokens"
  | "nextIndent"
>;

export interface PromptParts {
  readonly blocks: readonly ContextBlock[];
  readonly repository: string | undefined;
  readonly contextStyle: "comments" | "extra";
  /** The text after the cursor to send instead of this one. */
  readonly steady: (suffix: string) => string;
}

const contextTokens = 8192;
const answerTokens = 500;
const promptTokens = contextTokens - answerTokens;
const suffixShare = 0.15;
// Some ten thousand tokens: more is not worth the time that a model on this machine takes to read it.
const maxApartChars = 32_000;
// What joining prompt and suffix costs the service.
const suffixReserve = 5;

export function buildPrompt(request: CompletionRequest, parts: PromptParts): Prompt {
  const { languageId } = request;
  const isApart = parts.contextStyle === "extra";
  const after = parts.steady(suffixOf(request));
  const blocks = parts.blocks.map(({ text, form, worth }) => {
    const asSent = isApart ? text : form === "words" ? asComment(text, languageId) : `${text}\n`;
    return { text: toLf(asSent), tokens: countTokens(asSent), worth };
  });
  const available = promptTokens - (after === "" ? 0 : suffixReserve);

  let suffix = clipTail(after, Math.ceil(available * suffixShare));
  const fitted = fitInto(available - suffix.tokens, blocks, prefixOf(request));
  const { prefix, blockTokens } = fitted;
  // A short document leaves room that its lower part may have.
  if (prefix.whole && !suffix.whole) suffix = clipTail(after, available - prefix.tokens - blockTokens);

  const texts = fitted.blocks.map(({ text }) => text);
  return {
    prompt: (isApart ? "" : texts.join("")) + toLf(prefix.text),
    suffix: toLf(suffix.text),
    context: isApart ? texts : undefined,
    path: undefined,
    file: undefined,
    heading: "",
    indentation: "",
    files: [],
    startsDocument: prefix.whole && startsDocument(request),
    repository: parts.repository,
    promptTokens: prefix.tokens + (isApart ? 0 : blockTokens),
    suffixTokens: suffix.tokens,
    nextIndent: nextIndent(suffix.text === "" ? "" : request.after),
  };
}

/** For a service that lays the prompt out itself: the text and its context apart, bounded but not cut to a model. */
export function promptApart(request: CompletionRequest, { blocks, repository, steady }: PromptParts): Prompt {
  const prefix = prefixOf(request);
  const start = Math.max(0, prefix.length - maxApartChars);
  const indentation = withoutTornEnd(request.before).slice(prefix.length);
  const suffix = toLf(steady(suffixOf(request).slice(0, maxApartChars)));
  return {
    prompt: toLf(prefix.slice(start)),
    suffix,
    context: undefined,
    path: request.path,
    file: undefined,
    indentation,
    heading: blocks
      .filter(({ worth }) => worth === 1)
      .map((block) => textOf(block, request.languageId))
      .join(""),
    files: blocks
      .filter(({ worth }) => worth < 1)
      .map((block) => ({
        path: block.piece?.path,
        text: toLf(block.piece?.text ?? block.text),
      })),
    startsDocument: start === 0 && startsDocument(request),
    repository,
    promptTokens: 0,
    suffixTokens: 0,
    nextIndent: nextIndent(suffix === "" ? "" : request.after),
  };
}

/** For a service that is told of documents: the text as it is. */
export function documentText(request: CompletionRequest): Prompt {
  const before = withoutTornEnd(request.before);
  const prefix = prefixOf(request);
  return {
    prompt: toLf(prefix),
    suffix: toLf(request.after),
    context: undefined,
    path: request.path,
    file: request.kind === "document" ? request.file : undefined,
    indentation: before.slice(prefix.length),
    heading: "",
    files: [],
    startsDocument: startsDocument(request),
    repository: undefined,
    promptTokens: 0,
    suffixTokens: 0,
    nextIndent: nextIndent(request.after),
  };
}

function textOf({ text, form }: ContextBlock, languageId: string): string {
  return toLf(form === "words" ? asComment(text, languageId) : `${text}\n`);
}

function startsDocument(request: CompletionRequest): boolean {
  return request.kind === "prompt" || request.beforeOffset === 0;
}

// White space left of the cursor on an otherwise empty line misleads the model about where its own line begins: it
// answers from the start of the line, and the rules fit that to what is there.
function prefixOf(request: CompletionRequest): string {
  const before = withoutTornEnd(request.before);
  if (request.kind === "prompt") return before;
  const line = lineBeforeCursor(before);
  return isBlank(line) ? before.slice(0, before.length - line.length) : before;
}

function nextIndent(after: string): number {
  for (let lineBreak = after.indexOf("\n"); lineBreak >= 0; ) {
    const lineStart = lineBreak + 1;
    lineBreak = after.indexOf("\n", lineStart);
    const line = lineBreak < 0 ? after.slice(lineStart) : after.slice(lineStart, lineBreak);
    if (!isBlank(line)) return leadingWhiteSpace(line).length;
  }
  return 0;
}
