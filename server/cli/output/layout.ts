// Text set for a terminal: wrapped paragraphs, aligned pairs. Counts characters, knows no colours.

/** Breaks `text` at blanks into lines of at most `width`, each behind `indent`. A longer word stands alone. */
export function wrap(text: string, width: number, indent = ""): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  if (line !== "") lines.push(indent + line);
  return lines;
}

/** Label and text beside each other, the texts below each other; a text wraps in its own column. */
export function pairs(rows: readonly (readonly [string, string])[], width: number, indent = ""): readonly string[] {
  const column = indent.length + Math.max(0, ...rows.map(([label]) => label.length)) + 2;
  return rows.flatMap(([label, text]) => {
    const [first = "", ...rest] = wrap(text, Math.max(width, column + 20), " ".repeat(column));
    return [`${indent}${label}`.padEnd(column) + first.trimStart(), ...rest];
  });
}

/** Wide enough to read, narrow enough for every terminal. Some terminals say 0 for a width that they do not know. */
export function textWidth(columns: number): number {
  return columns > 0 ? Math.min(Math.max(columns, 40), 100) : 80;
}
