// A run of lines to search, and what follows one of them as far as it makes sense to repeat it: to the end of its
// block, not into the text that the document has below the cursor anyway, and indented as the cursor's place asks.

import { closerOf, indentOf, needsCloser, opensBlock, type Scene } from "./scene.ts";

/** What stands above the cursor, below it, or in another document. */
export interface Source {
  readonly lines: readonly string[];
  /** The lines without the blanks around them. */
  readonly keys: readonly string[];
  /** How far line `index` is from the cursor, in lines. */
  distance(index: number): number;
}

const mostLines = 12;

export function sourceOf(lines: readonly string[], distance: (index: number) => number): Source {
  return { lines, keys: lines.map((line) => line.trim()), distance };
}

/** The lines after line `index` of `source`, moved so that this line would stand where `here` stands. */
export function takeBlock(scene: Scene, source: Source, index: number, here: string): readonly string[] {
  const opens = opensBlock(here, scene.dialect);
  const closer = closerOf(here, scene.dialect);
  const fromIndent = indentOf(source.lines[index] ?? "");
  const move = (line: string): string => moved(line, fromIndent, indentOf(here));
  // Own text is repeated up to where the cursor's comes, never into it.
  const end = source.lines === scene.above ? scene.anchorIndex : source.lines.length;
  let at = index + 1;
  while (at < end && source.keys[at] === "") at += 1;
  const first = source.lines[at] ?? "";
  const level = indentOf(first).length;
  if (opens ? level <= fromIndent.length : level < fromIndent.length) {
    // The block that stood there was empty, or ended: so may the one here.
    const text = first.trim();
    return at < end && /^(\}|end)\W*$/.test(text) && needsCloser(scene, text) ? [move(first)] : [];
  }
  const taken: string[] = [];
  for (; at < end && taken.length < mostLines; at += 1) {
    const line = source.lines[at] ?? "";
    const text = source.keys[at] ?? "";
    if (text === "") {
      // A blank line ends what stands at the margin, and parts what stands deeper.
      const follower = source.lines[at + 1];
      if (level === 0 || !follower?.trim() || indentOf(follower).length < level) break;
      taken.push("");
      continue;
    }
    if (text === scene.next) break;
    if (indentOf(line).length < level) {
      if (opens && text === closer && needsCloser(scene, closer)) taken.push(move(line));
      break;
    }
    taken.push(move(line));
  }
  while (taken.at(-1) === "") taken.pop();
  return taken;
}

function moved(line: string, fromIndent: string, toIndent: string): string {
  const indent = indentOf(line);
  const newIndent = indent.startsWith(fromIndent)
    ? toIndent + indent.slice(fromIndent.length)
    : toIndent.slice(0, Math.max(0, toIndent.length - (fromIndent.length - indent.length)));
  return newIndent + line.trim();
}
