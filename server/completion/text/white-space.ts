// White space at the start of lines.

/** The spaces and tabs that `line` begins with. */
export function leadingWhiteSpace(line: string): string {
  let end = 0;
  while (line[end] === " " || line[end] === "\t") end += 1;
  return line.slice(0, end);
}

/** Blanks, tabs and line ends alone. Wider blanks, such as U+00A0 and U+3000, are text: a person has written them. */
export function isBlank(line: string): boolean {
  return !/[^ \t\n\v\f\r]/.test(line);
}

/** Without the blanks, tabs and line ends at its end. */
export function withoutTrailingWhiteSpace(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1] ?? "")) end -= 1;
  return text.slice(0, end);
}

/** Columns that `whiteSpace` takes, tabs going to the next stop. */
export function columnsOf(whiteSpace: string, tabSize: number): number {
  let columns = 0;
  for (const unit of whiteSpace) columns += unit === "\t" ? tabSize - (columns % tabSize) : 1;
  return columns;
}
