// White space at the start of lines.

/** The spaces and tabs that `line` begins with. */
export function leadingWhiteSpace(line: string): string {
  let end = 0;
  while (line[end] === " " || line[end] === "\t") end += 1;
  return line.slice(0, end);
}

export function isBlank(line: string): boolean {
  return line.trim() === "";
}

/** Columns that `whiteSpace` takes, tabs going to the next stop. */
export function columnsOf(whiteSpace: string, tabSize: number): number {
  let columns = 0;
  for (const unit of whiteSpace) columns += unit === "\t" ? tabSize - (columns % tabSize) : 1;
  return columns;
}
