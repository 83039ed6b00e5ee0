// Code in words: names, numbers, blanks and single signs, with the places that are inside a string.

export interface CodeWord {
  readonly text: string;
  readonly isName: boolean;
  readonly isInString: boolean;
}

const word = /[\p{L}_$][\p{L}\p{N}_$]*|\p{N}+|\s+|[^\s\p{L}\p{N}_$]/gu;
const name = /^[\p{L}_$]/u;

/** Joined, the texts are the line. */
export function codeWords(line: string): readonly CodeWord[] {
  let quote = "";
  let isEscaped = false;
  return (line.match(word) ?? []).map((text) => {
    const isInString = quote !== "";
    if (isEscaped) isEscaped = false;
    else if (text === "\\") isEscaped = true;
    else if (text === quote) quote = "";
    else if (quote === "" && /^["'`]$/.test(text)) quote = text;
    return { text, isName: name.test(text), isInString };
  });
}

export function isName(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
}
