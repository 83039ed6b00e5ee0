// Where the word before the cursor starts, as editors see it: an entry of the menu begins there, so that what is typed
// already is part of it. Knows letters and digits of every script, and the languages that allow more in a name.

const lispNames = /[\p{L}\p{N}\p{M}_\-?!*+/<>=&%]+$/u;
const dashedNames = /[\p{L}\p{N}\p{M}_-]+$/u;
const dollarNames = /[\p{L}\p{N}\p{M}_$]+$/u;
const usualNames = /[\p{L}\p{N}\p{M}_]+$/u;

const namesOf: Readonly<Record<string, RegExp>> = {
  clojure: lispNames,
  commonlisp: lispNames,
  "emacs-lisp": lispNames,
  lisp: lispNames,
  scheme: lispNames,
  css: dashedNames,
  less: dashedNames,
  scss: dashedNames,
  html: dashedNames,
  javascript: dollarNames,
  javascriptreact: dollarNames,
  php: dollarNames,
  typescript: dollarNames,
  typescriptreact: dollarNames,
};

/** Longest word that is looked for; a search from the right must not cost more as the line grows. */
const maxWordUnits = 200;

/** UTF-16 units before the end of `linePrefix` where its last word starts; its length when it ends in none. */
export function wordStart(linePrefix: string, languageId: string): number {
  const near = linePrefix.slice(-maxWordUnits);
  const names = Object.hasOwn(namesOf, languageId) ? (namesOf[languageId] ?? usualNames) : usualNames;
  const word = names.exec(near)?.[0] ?? "";
  return linePrefix.length - word.length;
}
