// Next edits as a unified diff: for `patch -p1` and `git apply`, and back from the diffs of others to the texts before them.
// Whoever needs it loads it, since it brings a library along.

import { formatPatch, OMIT_HEADERS, parsePatch, structuredPatch } from "diff";
import { plainText } from "./documents.ts";
import type { EditSuggestion, PastEdit } from "./edits.ts";
import { CopilotError } from "./errors.ts";

const contextLines = 3;

/** `edits`: of `text`, apart from one another. `path` is what the diff names the file, with `/` between parts. */
export function unifiedDiff(path: string, text: string, edits: readonly EditSuggestion[]): string {
  const changed = withEdits(text, edits);
  if (changed === text) return "";
  const patch = structuredPatch("", "", text, changed, "", "", { context: contextLines });
  return `--- ${headerName(`a/${path}`)}\n+++ ${headerName(`b/${path}`)}\n${formatPatch(patch, OMIT_HEADERS)}`;
}

export function withEdits(text: string, edits: readonly EditSuggestion[]): string {
  const lines = plainText(text);
  const offset = (line: number, character: number): number => lines.lineStart(line) + character;
  let from = 0;
  let result = "";
  for (const edit of edits.toSorted((one, other) => one.startLine - other.startLine)) {
    result += text.slice(from, offset(edit.startLine, edit.startCharacter)) + edit.newText;
    from = offset(edit.endLine, edit.endCharacter);
  }
  return result + text.slice(from);
}

/** As git writes it: quoted where it must be; a tab ends a name with a blank, which would end there for `patch`. */
function headerName(name: string): string {
  const escapes: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  const quoted = name.replaceAll(
    /["\\\p{Cc}]/gu,
    (sign) => escapes[sign] ?? `\\${(sign.codePointAt(0) ?? 0).toString(8).padStart(3, "0")}`,
  );
  if (quoted !== name) return `"${quoted}"`;
  return name.includes(" ") ? `${name}\t` : name;
}

/**
 * What the diff, as `diff -u` and git write it, changed in each file. `textOf` answers the text after it; of a file that it
 * does not know, only the lines that the diff shows are. Throws `bad-request` for what is no diff, and for one that has not
 * led to the text.
 */
export function editsOfDiff(
  diff: string,
  textOf: (path: string) => string | undefined,
  namedPath: string | undefined,
): readonly PastEdit[] {
  let patches: ReturnType<typeof parsePatch>;
  try {
    patches = parsePatch(diff);
  } catch {
    throw new CopilotError("bad-request", "The diff is not a unified diff.", {
      advice: "Send what diff -u or git diff writes.",
    });
  }
  return patches.flatMap((patch) => {
    if (patch.hunks.length === 0) return [];
    const path = namedPath ?? pathOf(patch.newFileName) ?? pathOf(patch.oldFileName);
    if (path === undefined) throw new CopilotError("bad-request", "The diff names no file, and no path was sent.");
    const after = textOf(path);
    if (after === undefined) return [excerptOf(path, patch.hunks)];
    const before = takenBack(after, patch.hunks);
    if (before === undefined) {
      throw new CopilotError("bad-request", `The diff of ${path} does not lead to the text that was sent.`, {
        advice: "Send the text as it is after the diff, and the diffs oldest first.",
      });
    }
    return [{ path, before, after }];
  });
}

function pathOf(name: string | undefined): string | undefined {
  return name === undefined || name === "" || name === "/dev/null" ? undefined : name.replace(/^[ab]\//, "");
}

interface DiffHunk {
  /** From 1; with no lines, the one above. */
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

/** The text before. Undefined unless each hunk stands in `after` just where it says, as it must where it led there. */
function takenBack(after: string, hunks: readonly DiffHunk[]): string | undefined {
  const now = after === "" ? [] : after.split(/(?<=\n)/);
  const old: string[] = [];
  let next = 0;
  for (const hunk of hunks) {
    const start = hunk.newStart - 1;
    if (start < next || start > now.length) return undefined;
    old.push(...now.slice(next, start));
    const come = sideOf(hunk, "+");
    const found = now.slice(start, start + come.length);
    if (come.length !== found.length || come.some((line, index) => bare(line) !== bare(found[index] ?? ""))) return;
    old.push(...sideOf(hunk, "-"));
    next = start + come.length;
  }
  return [...old, ...now.slice(next)].join("");
}

/** Lines of a hunk before it (`-`) or after it (`+`), with their ends. */
function sideOf({ lines }: Pick<DiffHunk, "lines">, side: "-" | "+"): readonly string[] {
  const other = side === "-" ? "+" : "-";
  return lines.flatMap((line, index) => {
    if (line.startsWith(other) || line.startsWith("\\")) return [];
    return [line.slice(1) + (lines[index + 1]?.startsWith("\\") ? "" : "\n")];
  });
}

function bare(line: string): string {
  return line.replace(/\r?\n$/, "");
}

function excerptOf(path: string, hunks: readonly DiffHunk[]): PastEdit {
  const side = (which: "-" | "+"): string => hunks.flatMap((hunk) => sideOf(hunk, which)).join("");
  return { path, before: side("-"), after: side("+") };
}
