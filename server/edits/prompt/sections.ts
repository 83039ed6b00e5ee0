// The sections of a prompt, with the tags that the models of the service know. Each section's tags stand on lines of their
// own, and sections are apart by one blank line.

import type { EditWindow } from "../window.ts";
import { windowLines } from "../window.ts";
import type { PromptInputs, RecentEdit, RecentFile } from "./inputs.ts";

/** How lines are numbered, from 0. */
export type Numbering = "none" | "bar" | "bar-space";

export const cursorTag = "<|cursor|>";

export function section(name: string, lines: readonly string[]): string {
  return [`<|${name}|>`, ...lines, `<|/${name}|>`].join("\n");
}

export function recentFilesSection(files: readonly RecentFile[], numbering: Numbering): string {
  const snippets = files.map(({ path, startLine, lines, isTruncated }) =>
    section("recently_viewed_code_snippet", [
      `code_snippet_file_path: ${path}${isTruncated ? " (truncated)" : ""}`,
      ...numbered(lines, startLine, numbering),
    ]),
  );
  return section("recently_viewed_code_snippets", [snippets.join("\n\n")]);
}

/** `isAreaMarked`: with the area's tags, the window's and the cursor's in the file itself. */
export function currentFileSection(
  { path, at, file }: PromptInputs,
  numbering: Numbering,
  isAreaMarked: boolean,
): string {
  const { area } = at;
  const lines = isAreaMarked
    ? [...file.lines.slice(0, area.start - file.start), areaSection(at), ...file.lines.slice(area.end - file.start)]
    : numbered(file.lines, file.start, numbering);
  return section("current_file_content", [`current_file_path: ${path}`, ...lines]);
}

export function historySection(edits: readonly RecentEdit[]): string {
  return section("edit_diff_history", [edits.map((edit) => `${diffOf(edit)}\n`).join("\n")]);
}

/** Line numbers from 0, no context lines. */
export function diffOf({ path, hunks }: RecentEdit): string {
  return [
    `--- ${path}`,
    `+++ ${path}`,
    ...hunks.flatMap(({ oldStart, newStart, removed, added }) => [
      `@@ -${oldStart},${removed.length} +${newStart},${added.length} @@`,
      ...removed.map((line) => `-${line}`),
      ...added.map((line) => `+${line}`),
    ]),
  ].join("\n");
}

export function areaSection(at: EditWindow): string {
  const { area, window, lines } = at;
  return section("area_around_code_to_edit", [
    ...lines.slice(0, window.start - area.start),
    section("code_to_edit", linesWithCursor(at)),
    ...lines.slice(window.end - area.start),
  ]);
}

export function cursorSection({ cursor, area, lines }: EditWindow, numbering: Numbering): string {
  const line = withCursor(lines[cursor.line - area.start] ?? "", cursor.character);
  return section("cursor_location", numbered([line], cursor.line, numbering));
}

function linesWithCursor(at: EditWindow): readonly string[] {
  const { cursor, window } = at;
  return windowLines(at).map((line, index) =>
    window.start + index === cursor.line ? withCursor(line, cursor.character) : line,
  );
}

function withCursor(line: string, character: number): string {
  return line.slice(0, character) + cursorTag + line.slice(character);
}

function numbered(lines: readonly string[], first: number, numbering: Numbering): readonly string[] {
  if (numbering === "none") return lines;
  const bar = numbering === "bar" ? "|" : "| ";
  return lines.map((line, index) => `${first + index}${bar}${line}`);
}
