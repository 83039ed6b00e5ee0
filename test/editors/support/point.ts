// A file in which a field is renamed: two edits follow around the cursor, and others further down.

export const point = `class Point {
  x = 0;
  y = 0;
  constructor(x, y) {
    this.y = y;
    this.x = x;
  }

  length() {
    return Math.sqrt(this.x * this.x + this.y * this.y);
  }
}
`;

/** After the rename, and the first edits that follow from it. */
export function afterEdits(count: 0 | 1 | 2 | 3): string {
  const edits: readonly ((text: string) => string)[] = [
    (text) => text.replace("constructor(x,", "constructor(px,"),
    (text) => text.replace("this.x = x;", "this.px = px;"),
    (text) => text.replace("this.x * this.x", "this.px * this.px"),
  ];
  return edits.slice(0, count).reduce((text, edit) => edit(text), point.replace("  x = 0", "  px = 0"));
}
