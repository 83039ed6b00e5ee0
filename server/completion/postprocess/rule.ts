// What a rule is: it sees one alternative and the place it goes to, and answers a better one, or none.

import type { Scene } from "./cursor-context.ts";

/** Text and range of an item on its way; line breaks are `\n` until the last rule. */
export interface Draft {
  readonly text: string;
  /** See `CompletionItem`. */
  readonly replaceBefore: number;
  readonly replaceAfter: number;
}

/** Undefined: the alternative is no good. */
export type Rule = (draft: Draft, scene: Scene) => Draft | undefined;
