// What a prompt with words of a model's own in it comes to when it is taken apart. Which family's words they were is
// nobody else's business.

import type { ContextFile } from "../../../shared/completion.ts";

export interface Hole {
  readonly before: string;
  readonly after: string;
  /** Of the file with the cursor, where the prompt says it. */
  readonly path?: string;
  /** Other files in the prompt, in its order. */
  readonly files?: readonly ContextFile[];
  /** What stands around the new text in an answer, where the client wants a piece of its file written anew. */
  readonly frame?: Frame;
}

export interface Frame {
  readonly lead: string;
  readonly tail: string;
}
