// Lines of a language that the language itself ignores: how a word to the model is put into a document's text.

import { languageOf } from "../../../shared/languages.ts";

/** `text`, every line of it, as comment lines of the language, with a line break at the end. */
export function asComment(text: string, languageId: string): string {
  const { start, end } = languageOf(languageId).note;
  return text
    .split("\n")
    .map((part) => `${start}${part}${end}\n`)
    .join("");
}
