// Takes prompts apart that were written for a model with words of its own: clients put the text before and after the
// cursor, and often other files, into one string between such words.

import { readEditPrompt } from "./edit-prediction.ts";
import { readFillInTheMiddle } from "./fill-in-the-middle.ts";
import type { Hole } from "./hole.ts";
import { readOpenEnd } from "./repository.ts";

/** The text around the cursor, or undefined for a prompt that is just text. */
export function findHole(prompt: string): Hole | undefined {
  return readEditPrompt(prompt) ?? readFillInTheMiddle(prompt) ?? readOpenEnd(prompt);
}
