// The text after the cursor as the model gets it.

import type { CompletionRequest } from "../../../shared/completion.ts";
import { asClosingPunctuation, lineAfterCursor } from "../text/lines.ts";

/**
 * For a document, what stands below the cursor's line: the answer is to write the closing punctuation itself, and is
 * compared with it afterwards; blank lines say nothing. Where there is more than punctuation, the answer has to lead
 * up to it. For a bare prompt, what was given.
 */
export function suffixOf({ kind, after }: CompletionRequest): string {
  if (kind === "prompt") return after;
  const lineAfter = lineAfterCursor(after);
  return asClosingPunctuation(lineAfter) ? after.slice(lineAfter.length).trimStart() : after;
}
