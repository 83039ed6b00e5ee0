// Continues from what the text itself holds: finds the lines most like the cursor's, above, below and in other documents,
// and says what follows there, to the end of its block. Longer matches come first, then nearer ones.

import { closerOf, indentOf, needsCloser, opensBlock, type Scene } from "./scene.ts";

/** What stands above the cursor, below it, or in another document. */
interface Source {
  readonly lines: readonly string[];
  /** The lines without the blanks around them. */
  readonly keys: readonly string[];
  /** How far line `index` is from the cursor, in lines. */
  distance(index: number): number;
}

interface Match {
  readonly source: Source;
  readonly index: number;
  /** Letters and digits that agree. */
  readonly strength: number;
}

const mostMatches = 8;
const mostLines = 12;
/** A line of fewer letters, such as `else {`, says too little to go by alone. */
const leastStrength = 8;
/** Farther than any line of the document. */
const otherDocument = 1_000_000;
/** Bounds the work on texts that say the same line a thousand times. */
const mostComparisons = 5_000;

/**
 * What may follow, best first, each as lines to write: the first goes on where the cursor stands, or is a whole line when
 * nothing is typed there; the others carry their whole indentation.
 */
export function recall(scene: Scene): readonly (readonly string[])[] {
  const typed = scene.current.trim();
  const wanted = typed === "" ? scene.anchor.trim() : typed;
  if (wanted === "") return [];
  const above = sourceOf(scene.above, (index) => scene.above.length - index);
  const others = [sourceOf(scene.below, (index) => index), sourceOf(scene.elsewhere, (index) => otherDocument + index)];
  const from = typed === "" ? scene.anchorIndex : scene.above.length;
  const hasBlankBetween = typed === "" && scene.anchorIndex < scene.above.length - 1;
  let left = mostComparisons;
  const matches: Match[] = [];
  const saidTwice = new Set<string>();
  for (const source of [above, ...others]) {
    for (const [index, key] of source.keys.entries()) {
      if (typed === "" ? key !== wanted : !key.startsWith(wanted) || key === wanted) continue;
      if (source === above && index >= from) break;
      // After a blank line something new begins; right below a line it goes on.
      if (typed === "" && (source.keys[index + 1] === "") !== hasBlankBetween) continue;
      let strength = weight(wanted);
      for (let here = from, there = index; left > 0; left -= 1) {
        // A thing that was said twice running is not said again, or whoever appends each answer would never end.
        if (source === above && here <= index) strength = Number.NEGATIVE_INFINITY;
        here = lineWithTextAbove(above, here);
        there = lineWithTextAbove(source, there);
        const agreed = above.keys[here];
        if (agreed === undefined || agreed !== source.keys[there]) break;
        strength += weight(agreed);
      }
      if (strength >= leastStrength) matches.push({ source, index, strength });
      else if (strength < 0) saidTwice.add(keyBelow(source, index));
    }
  }
  return matches
    .filter(({ source, index }) => typed !== "" || !saidTwice.has(keyBelow(source, index)))
    .sort((a, b) => b.strength - a.strength || a.source.distance(a.index) - b.source.distance(b.index))
    .slice(0, mostMatches)
    .map(({ source, index }) =>
      typed === "" ? takeBlock(scene, source, index, scene.anchor) : restOfLine(scene, source, index, typed),
    )
    .filter((lines) => lines.length > 0);
}

function sourceOf(lines: readonly string[], distance: (index: number) => number): Source {
  return { lines, keys: lines.map((line) => line.trim()), distance };
}

function lineWithTextAbove({ keys }: Source, index: number): number {
  let at = index - 1;
  while (keys[at] === "") at -= 1;
  return at;
}

function keyBelow({ keys }: Source, index: number): string {
  return keys.slice(index + 1).find((key) => key !== "") ?? "";
}

function weight(key: string): number {
  return key.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}

function restOfLine(scene: Scene, source: Source, index: number, typed: string): readonly string[] {
  const whole = source.keys[index] ?? "";
  if (whole === scene.next) return [];
  const rest = whole.slice(typed.length);
  const line = indentOf(scene.current) + whole;
  return [
    /\s$/.test(scene.current) ? rest.trimStart() : rest,
    ...(opensBlock(line, scene.syntax) ? takeBlock(scene, source, index, line) : []),
  ];
}

/** The lines after line `index` of `source`, moved so that this line would stand where `here` stands. */
function takeBlock(scene: Scene, source: Source, index: number, here: string): readonly string[] {
  const fromIndent = indentOf(source.lines[index] ?? "");
  const start = source.keys.findIndex((key, at) => at > index && key !== "");
  const level = indentOf(source.lines[start] ?? "").length;
  const opens = opensBlock(here, scene.syntax);
  if (start < 0 || (opens ? level <= fromIndent.length : level < fromIndent.length)) return [];
  const closer = closerOf(here, scene.syntax);
  const taken: string[] = [];
  // Own text is repeated up to where the cursor's comes, never into it.
  const end = source.lines === scene.above ? scene.anchorIndex : source.lines.length;
  for (let at = start; at < Math.min(end, start + mostLines); at += 1) {
    const line = source.lines[at] ?? "";
    const key = source.keys[at] ?? "";
    const isInside = indentOf(line).length >= level;
    if (key === "" || key === scene.next) break;
    if (!isInside && !(opens && closer !== undefined && key === closer && needsCloser(scene, closer))) break;
    taken.push(indentOf(here) + indentOf(line).slice(fromIndent.length) + key);
    if (!isInside) break;
  }
  return taken;
}
