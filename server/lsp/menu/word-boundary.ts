// Where the word before the cursor starts, as editors see it: an entry of the menu begins there, so that what is typed
// already is part of it. Knows letters and digits of every script, and the languages that allow more in a name.

import { languageOf } from "../../../shared/languages.ts";

const nameCharacter = /[\p{L}\p{N}\p{M}_]/u;

/** Longest word that is looked for; a search from the right must not cost more as the line grows. */
const maxWordUnits = 200;

/** UTF-16 units before the end of `linePrefix` where its last word starts; its length when it ends in none. */
export function wordStart(linePrefix: string, languageId: string): number {
  const { nameMarks } = languageOf(languageId);
  const near = Array.from(linePrefix.slice(-maxWordUnits));
  let start = linePrefix.length;
  for (let at = near.length - 1; at >= 0; at -= 1) {
    const character = near[at] ?? "";
    if (!nameCharacter.test(character) && !nameMarks.includes(character)) break;
    start -= character.length;
  }
  return start;
}
