// What a rule is: it sees one alternative and the place it goes to, and answers a better one, or none.

import type { CursorContext } from "./cursor-context.ts";

/** Text and range of an item on its way; line breaks are `\n` until the last rule. */
export interface Candidate {
  readonly text: string;
  /** See `CompletionItem`. */
  readonly replaceBefore: number;
  readonly replaceAfter: number;
  /** The answer had a line break at its end, which is not in `text` any more. */
  readonly endsWithLineBreak?: boolean;
}

/** Undefined: the alternative is no good. */
export type Rule = (candidate: Candidate, context: CursorContext) => Candidate | undefined;
