// Applies what the latest edits have begun to lines that have not changed yet.

import { callsIn, declares } from "./calls.ts";
import type { Change } from "./changes.ts";
import { codeWords } from "./code-words.ts";

const longestLine = 1_000;

/** The lines as they should be. `below`: the line that follows them, which may say already what would be added. */
export function applyChanges(
  changes: readonly Change[],
  lines: readonly string[],
  below: string | undefined,
): readonly string[] {
  let current = lines;
  for (const change of changes) current = applyChange(change, current, below);
  return current;
}

function applyChange(change: Change, lines: readonly string[], below: string | undefined): readonly string[] {
  switch (change.kind) {
    case "rename":
      return lines.map((line) => renameIn(line, change.from, change.to));
    case "argument":
      return lines.map((line) => addArgument(line, change));
    case "field":
      return lines.flatMap((line, index) => {
        const listed = addToList(line, change.like, change.name);
        if (listed !== line) return [listed];
        const more = fieldLine(line, change.like, change.name);
        const beside = [lines[index - 1], lines[index + 1] ?? below];
        return more === undefined || beside.some((other) => other?.trim() === more.trim()) ? [line] : [line, more];
      });
  }
}

function renameIn(line: string, from: string, to: string): string {
  if (line.length > longestLine || !line.includes(from)) return line;
  return codeWords(line)
    .map((word) => (word.text === from && !word.isInString ? to : word.text))
    .join("");
}

function addArgument(line: string, { callee, index, count, text }: Extract<Change, { kind: "argument" }>): string {
  let changed = line;
  // From the right, so that places further left keep their units.
  for (const call of [...callsIn(line)].reverse()) {
    if (call.callee !== callee || call.arguments.length !== count - 1 || declares(line)) continue;
    const parts = call.arguments.map((part, at) => (at === 0 && index === 0 ? ` ${part.trimStart()}` : part));
    parts.splice(index, 0, index === 0 ? text : ` ${text}`);
    changed = changed.slice(0, call.start) + parts.join(",") + changed.slice(call.end);
  }
  return changed;
}

/** A whole statement or entry about `like`, said of `name`; undefined for a line that is none. */
function fieldLine(line: string, like: string, name: string): string | undefined {
  if (
    line.length > longestLine ||
    !/[;,]$|[\w"')\]]$/.test(line) ||
    /^\s*(?:return|if|for|while|def|class|fn|func|\}|\/\/|#|\*)/.test(line)
  )
    return undefined;
  const words = codeWords(line);
  const isAbout = words.some((word) => word.isName && word.text === like && !word.isInString);
  const isAssignment = /[=:]/.test(line) || /^\s*[\p{L}_$][\p{L}\p{N}_$]*,$/u.test(line);
  if (!isAbout || !isAssignment || callsIn(line).some((call) => call.arguments.length > 1)) return undefined;
  return words.map((word) => (word.text === like && !word.isInString ? name : word.text)).join("");
}

/** In a list of plain names on one line, `like` is followed by `name`. */
function addToList(line: string, like: string, name: string): string {
  if (line.length > longestLine || codeWords(line).some((word) => word.text === name)) return line;
  const entry = new RegExp(`([{(\\[,]\\s*)${like.replaceAll("$", "\\$")}(?=\\s*[,})\\]])`, "u");
  const found = entry.exec(line);
  if (!found || !line.includes(",")) return line;
  const end = found.index + found[0].length;
  return `${line.slice(0, end)}, ${name}${line.slice(end)}`;
}
