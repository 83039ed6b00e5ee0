// What a prompt for an edit shows, taken apart: the latest edits, the current file, and the lines that may be rewritten.
// The layouts of all strategies are read alike, by their tags.

export interface Patch {
  readonly path: string;
  /** Line of the first added line, from 0. */
  readonly newStart: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

export interface EditScene {
  readonly path: string;
  /** What is shown of the current file. */
  readonly file: readonly string[];
  /** Number of the first line of `file`, from 0. */
  readonly fileStart: number;
  /** Oldest first. */
  readonly history: readonly Patch[];
  /** The lines that may be rewritten, without the cursor's tag; the whole of `file` where the prompt marks none. */
  readonly window: readonly string[];
  readonly windowStart: number;
  /** Number of the cursor's line, from 0. */
  readonly cursorLine: number;
  /** Units before the cursor in its line. */
  readonly cursorCharacter: number;
}

const cursorTag = "<|cursor|>";
const numbered = /^(\d+)\| ?/;

/** Undefined for a prompt without a current file. */
export function readEditScene(user: string): EditScene | undefined {
  const lines = user.split("\n");
  const shown = sectionOf(lines, "current_file_content");
  if (!shown) return undefined;
  const [head = "", ...rest] = shown;
  const path = head.replace(/^current_file_path: /, "");
  const history = readHistory(sectionOf(lines, "edit_diff_history") ?? []);
  const areNumbered = rest.length > 0 && rest.every((line) => numbered.test(line));
  const bare = rest.filter((line) => !/^<\|\/?(?:area_around_code_to_edit|code_to_edit)\|>$/.test(line));
  // One blank may stand behind the bar; it belongs to the number where every line has it.
  const bar = bare.every((line) => /^\d+\| /.test(line)) ? /^\d+\| / : /^\d+\|/;
  const file = bare.map((line) => (areNumbered ? line.replace(bar, "") : line).replace(cursorTag, ""));
  const fileStart = areNumbered ? Number(numbered.exec(bare[0] ?? "")?.[1] ?? 0) : startOfFile(file, path, history);
  const area = lastSectionOf(lines, "area_around_code_to_edit");
  const marked = area && sectionOf(area, "code_to_edit");
  const cursorSection = sectionOf(lines, "cursor_location")?.[0];
  const tagged = marked ?? (cursorSection === undefined ? [] : [cursorSection.replace(bar, "")]);
  const cursorIndex = tagged.findIndex((line) => line.includes(cursorTag));
  const cursorCharacter = tagged[cursorIndex]?.indexOf(cursorTag) ?? 0;
  const window = marked ? marked.map((line) => line.replace(cursorTag, "")) : file;
  const windowStart = marked
    ? fileStart + Math.max(0, placeOf(file, area)) + area.indexOf("<|code_to_edit|>")
    : fileStart;
  const cursorLine = marked
    ? windowStart + Math.max(0, cursorIndex)
    : Number(numbered.exec(cursorSection ?? "")?.[1] ?? history.at(-1)?.newStart ?? fileStart);
  return { path, file, fileStart, history, window, windowStart, cursorLine, cursorCharacter };
}

/** The lines between the tags of a name, each alone on its line. */
function sectionOf(lines: readonly string[], name: string): readonly string[] | undefined {
  const start = lines.indexOf(`<|${name}|>`);
  const end = lines.indexOf(`<|/${name}|>`, start);
  return start < 0 || end < 0 ? undefined : lines.slice(start + 1, end);
}

function lastSectionOf(lines: readonly string[], name: string): readonly string[] | undefined {
  return sectionOf(lines.slice(Math.max(0, lines.lastIndexOf(`<|${name}|>`))), name);
}

/** Where the area's lines stand in the file. */
function placeOf(file: readonly string[], area: readonly string[]): number {
  const wanted = area
    .filter((line) => !/^<\|\/?code_to_edit\|>$/.test(line))
    .map((line) => line.replace(cursorTag, ""));
  return file.findIndex((_, at) => wanted.every((line, index) => file[at + index] === line));
}

/** A file without numbers is placed by what its latest edit added. */
function startOfFile(file: readonly string[], path: string, history: readonly Patch[]): number {
  const last = history.findLast((patch) => patch.path === path && patch.added.some((line) => line.trim() !== ""));
  if (!last) return 0;
  const at = file.findIndex((_, index) => last.added.every((line, offset) => file[index + offset] === line));
  return at < 0 ? 0 : Math.max(0, last.newStart - at);
}

function readHistory(lines: readonly string[]): readonly Patch[] {
  const patches: Patch[] = [];
  let path = "";
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    at += 1;
    if (line.startsWith("+++ ")) path = line.slice(4);
    const hunk = /^@@ -\d+,(\d+) \+(\d+),(\d+) @@$/.exec(line);
    if (!hunk) continue;
    const removedCount = Number(hunk[1]);
    const addedCount = Number(hunk[3]);
    const bodyOf = (count: number): readonly string[] => {
      const body = lines.slice(at, at + count).map((text) => text.slice(1));
      at += count;
      return body;
    };
    const removed = bodyOf(removedCount);
    patches.push({ path, newStart: Number(hunk[2]), removed, added: bodyOf(addedCount) });
  }
  return patches;
}
