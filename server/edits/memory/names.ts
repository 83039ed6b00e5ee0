// Names in code: whole words that a person may have chosen.

/** A name, and none of the words that languages keep for themselves. */
export function isName(word: string): boolean {
  return /^[\p{L}_$]/u.test(word) && !isKeyword(word);
}

export function isKeyword(word: string): boolean {
  return keywords.has(word.toLowerCase());
}

/** Where a word stands in a line and is no part of a longer one. */
export function wordStarts(line: string, word: string): readonly number[] {
  const starts: number[] = [];
  for (let from = line.indexOf(word); from >= 0; from = line.indexOf(word, from + 1)) {
    if (!isWordUnit(line.charAt(from - 1)) && !isWordUnit(line.charAt(from + word.length))) starts.push(from);
  }
  return starts;
}

export function holdsWord(line: string, word: string): boolean {
  return wordStarts(line, word).length > 0;
}

/** Whether a character, or none, is part of a word. */
export function isWordUnit(unit: string): boolean {
  return /[\p{L}\p{N}_$]/u.test(unit);
}

// Words of control flow and declarations that many languages share: they stand everywhere and lead nowhere.
const keywords = new Set(
  "if else for while do switch case return break continue function def fn func class struct interface type enum const let var new in of and or not is null nil none true false this self import from export public private static void int string number boolean async await try catch finally throw with as".split(
    " ",
  ),
);
