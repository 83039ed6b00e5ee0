// A prompt for an edit, laid out as clients lay it out: sections in tags, diffs without context lines, a window that may be
// rewritten.

export interface Diff {
  readonly path: string;
  readonly start: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export interface EditPrompt {
  readonly path?: string;
  readonly file: string;
  readonly history: readonly Diff[];
  /** The cursor's line. */
  readonly line: number;
  /** Lines that may be rewritten, from and without. */
  readonly window?: readonly [number, number];
}

export function editPrompt({ path = "src/point.ts", file, history, line, window }: EditPrompt): string {
  const lines = file.split("\n");
  const [start, end] = window ?? [Math.max(0, line - 2), Math.min(lines.length, line + 6)];
  const areaStart = Math.max(0, line - 15);
  const areaEnd = Math.min(lines.length, line + 16);
  const shown = lines.slice(start, end).map((text, index) => (start + index === line ? `${text}<|cursor|>` : text));
  return [
    "```",
    "<|recently_viewed_code_snippets|>\n\n<|/recently_viewed_code_snippets|>\n",
    `<|current_file_content|>\ncurrent_file_path: ${path}`,
    ...lines,
    "<|/current_file_content|>\n",
    "<|edit_diff_history|>",
    ...history.map((diff) => `${diffText(diff)}\n`),
    "<|/edit_diff_history|>\n",
    "<|area_around_code_to_edit|>",
    ...lines.slice(areaStart, start),
    "<|code_to_edit|>",
    ...shown,
    "<|/code_to_edit|>",
    ...lines.slice(end, areaEnd),
    "<|/area_around_code_to_edit|>",
    "```\n\nSay how it goes on.",
  ].join("\n");
}

/** As `editPrompt`, with numbered lines and no area: the layout of patches and jumps. */
export function numberedPrompt({ path = "src/point.ts", file, history, line }: EditPrompt): string {
  const lines = file.split("\n");
  return [
    `<|current_file_content|>\ncurrent_file_path: ${path}`,
    ...lines.map((text, index) => `${index}|${text}`),
    "<|/current_file_content|>\n",
    "<|edit_diff_history|>",
    ...history.map((diff) => `${diffText(diff)}\n`),
    "<|/edit_diff_history|>\n",
    `<|cursor_location|>\n${line}|${lines[line] ?? ""}<|cursor|>\n<|/cursor_location|>`,
  ].join("\n");
}

function diffText({ path, start, removed, added }: Diff): string {
  return [
    `--- ${path}\n+++ ${path}\n@@ -${start},${removed.length} +${start},${added.length} @@`,
    ...removed.map((text) => `-${text}`),
    ...added.map((text) => `+${text}`),
  ].join("\n");
}
