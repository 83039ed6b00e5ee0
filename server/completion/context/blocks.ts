// What the prompt says besides the document's own text, most stable first. Each kind of block is one file here; the
// order of the list is the order in the prompt.

import type { CompletionRequest } from "../../../shared/completion.ts";
import { documentMarker } from "./document-marker.ts";

export interface ContextBlock {
  readonly text: string;
  /** `words` go in as comment lines of the language; `code` is a line of it already. */
  readonly form: "words" | "code";
}

export function contextBlocks(request: CompletionRequest): readonly ContextBlock[] {
  const marker = documentMarker(request);
  return marker ? [marker] : [];
}
