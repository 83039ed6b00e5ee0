// Takes prompts apart that were written for a model with words of its own: clients put the text before and after the
// cursor, and often other files, into one string between such words.

import { readZeta, readZeta2 } from "./edit-prediction.ts";
import { readFillInTheMiddle } from "./fill-in-the-middle.ts";
import type { Hole } from "./hole.ts";
import { readOpenEnd } from "./repository.ts";

// In an order in which no one's words are taken for another's: Zeta 2 ends as Seed-Coder's prompts do; the words of a
// template stand at its ends, so that it goes before Zeta, whose words stand anywhere and may be what its source is about.
/** The text around the cursor, or undefined for a prompt that is just text. */
export function findHole(prompt: string): Hole | undefined {
  return readZeta2(prompt) ?? readFillInTheMiddle(prompt) ?? readZeta(prompt) ?? readOpenEnd(prompt);
}
