// The prompt as it is sent: context, then the text before the cursor, and the text after it, each within its budget.
// Does not know what the answer is for.

import type { CompletionRequest } from "../../../shared/completion.ts";
import { withoutTornEnd } from "../characters.ts";
import type { ContextBlock } from "../context/blocks.ts";
import { toLf } from "../line-ends.ts";
import { lineBeforeCursor } from "../lines.ts";
import { isBlank, leadingWhiteSpace } from "../white-space.ts";
import { asComment } from "./comment.ts";
import { suffixOf } from "./suffix.ts";
import { clipHead, clipTail, countTokens } from "./tokens.ts";

export interface Prompt {
  readonly text: string;
  readonly suffix: string;
  readonly promptTokens: number;
  readonly suffixTokens: number;
  /** Leading white space of the next line below that has text, in characters. */
  readonly nextIndent: number;
}

const contextTokens = 8192;
const answerTokens = 500;
const promptTokens = contextTokens - answerTokens;
const suffixShare = 0.15;
// What joining prompt and suffix costs the service.
const suffixReserve = 5;

export function buildPrompt(request: CompletionRequest, blocks: readonly ContextBlock[]): Prompt {
  const { languageId } = request;
  const before = prefixOf(request);
  const after = suffixOf(request);
  const context = blocks
    .map(({ text, form }) => (form === "words" ? asComment(text, languageId) : `${text}\n`))
    .join("");
  const contextCost = countTokens(context, languageId);
  const available = promptTokens - contextCost - (after === "" ? 0 : suffixReserve);

  let suffix = clipTail(after, languageId, Math.ceil(promptTokens * suffixShare));
  const prefix = clipHead(before, languageId, available - suffix.tokens);
  // A short document leaves room that its lower part may have.
  if (prefix.whole && !suffix.whole) suffix = clipTail(after, languageId, available - prefix.tokens);

  return {
    text: context + toLf(prefix.text),
    suffix: toLf(suffix.text),
    promptTokens: contextCost + prefix.tokens,
    suffixTokens: suffix.tokens,
    nextIndent: nextIndent(suffix.text === "" ? "" : request.after),
  };
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
