// Which of the brackets and quotes that were open at the cursor an answer closes.

const pairs: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const closingBrackets: ReadonlySet<string> = new Set(Object.values(pairs));
const quotes: ReadonlySet<string> = new Set(['"', "'", "`"]);

interface Closed {
  /** How many of `expected`, from the first on. */
  readonly closed: number;
  /** Where the last of them ends in the answer. */
  readonly end: number;
  /** How many brackets and quotes the answer opens and leaves open. */
  readonly left: number;
}

/**
 * `expected` are the closing characters that stand right of the cursor, innermost first: they tell what is open. Text
 * in strings does not count, nor angle brackets unless one is expected.
 */
export function closes(text: string, expected: string): Closed {
  const hasAngles = expected.includes(">");
  const open: string[] = [];
  let closed = 0;
  let end = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at] ?? "";
    const next = expected[closed] ?? "";
    const isOutermost = open.length === 0;
    if (unit === "\\") {
      at += 1;
    } else if (isOutermost && unit === next && !(unit === ">" && isArrow(text, at))) {
      closed += 1;
      end = at + 1;
    } else if (isOutermost && quotes.has(next)) {
      // Still inside the string that was open at the cursor: nothing else means anything.
    } else if (quotes.has(unit)) {
      const closing = closingQuote(text, at);
      if (closing >= 0) at = closing;
      else if (expected.includes(unit)) open.push(unit);
    } else if (pairs[unit] !== undefined) {
      open.push(pairs[unit]);
    } else if (hasAngles && unit === "<" && text[at + 1] !== " ") {
      open.push(">");
    } else if (closingBrackets.has(unit) || (hasAngles && unit === ">" && !isArrow(text, at))) {
      // One that fits nothing closes what was opened before the cursor and not closed right of it.
      const opened = open.lastIndexOf(unit);
      if (opened >= 0) open.length = opened;
    }
  }
  return { closed, end, left: open.length };
}

function closingQuote(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length && text[at] !== "\n"; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === text[opening]) return at;
  }
  return -1;
}

function isArrow(text: string, at: number): boolean {
  return text[at - 1] === "=" || text[at - 1] === "-";
}
