// Continues from what the text itself holds: finds the place most like the cursor's, in the lines above, below and in
// other documents, and says what follows there. Longer matches come first, then nearer ones.

import { indentOf, opensBlock, type Scene } from "./scene.ts";
import { type Source, sourceOf, takeBlock } from "./source.ts";

interface Place {
  readonly source: Source;
  readonly index: number;
  /** Letters and digits that agree. */
  readonly strength: number;
}

const mostPlacesUsed = 8;
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
  const places = typed === "" ? placesLikeAnchor(scene) : placesThatGoOn(scene, typed);
  places.sort((a, b) => b.strength - a.strength || a.source.distance(a.index) - b.source.distance(b.index));
  return places
    .slice(0, mostPlacesUsed)
    .map(({ source, index }) =>
      typed === "" ? takeBlock(scene, source, index, scene.anchor) : restOfLine(scene, source, index, typed),
    )
    .filter((lines) => lines.length > 0);
}

/** Lines that are the same as the last one above the cursor. */
function placesLikeAnchor(scene: Scene): Place[] {
  const [above, ...others] = sourcesOf(scene);
  const wanted = scene.anchor.trim();
  if (wanted === "") return [];
  const hasBlankBetween = scene.anchorIndex < scene.above.length - 1;
  const compare = createComparer(above);
  const places: Place[] = [];
  const saidTwice = new Set<string>();
  for (const source of [above, ...others]) {
    const end = source === above ? scene.anchorIndex : source.keys.length;
    for (
      let index = source.keys.indexOf(wanted);
      index >= 0 && index < end;
      index = source.keys.indexOf(wanted, index + 1)
    ) {
      // After a blank line something new begins; right below a line it goes on.
      if ((source.keys[index + 1] === "") !== hasBlankBetween) continue;
      const strength = weight(wanted) + compare(source, index, scene.anchorIndex);
      if (strength >= leastStrength) places.push({ source, index, strength });
      else if (strength < 0) saidTwice.add(keyBelow(source, index));
    }
  }
  return places.filter(({ source, index }) => !saidTwice.has(keyBelow(source, index)));
}

function keyBelow(source: Source, index: number): string {
  let at = index + 1;
  while (source.keys[at] === "") at += 1;
  return source.keys[at] ?? "";
}

/** Lines that begin as the cursor's does and are longer. */
function placesThatGoOn(scene: Scene, typed: string): Place[] {
  const [above, ...others] = sourcesOf(scene);
  const compare = createComparer(above);
  const places: Place[] = [];
  for (const source of [above, ...others]) {
    for (const [index, key] of source.keys.entries()) {
      if (key.length <= typed.length || !key.startsWith(typed)) continue;
      const strength = weight(typed) + compare(source, index, scene.above.length);
      if (strength >= leastStrength) places.push({ source, index, strength });
    }
  }
  return places;
}

function sourcesOf(scene: Scene): readonly [Source, Source, Source] {
  return [
    sourceOf(scene.above, (index) => scene.above.length - index),
    sourceOf(scene.below, (index) => index),
    sourceOf(scene.elsewhere, (index) => otherDocument + index),
  ];
}

/**
 * How many letters of what stands above line `index` of a source agree with what stands above line `from`. Less than
 * nothing when the agreement reaches from one to the other: a thing that was said twice running is not said again, or a
 * script that appends each answer and asks for more would never end.
 */
function createComparer(above: Source): (source: Source, index: number, from: number) => number {
  let left = mostComparisons;
  return (source, index, from) => {
    let strength = 0;
    let here = from;
    let there = index;
    while (left > 0) {
      left -= 1;
      if (source === above && here <= index) return Number.NEGATIVE_INFINITY;
      here = lineWithTextAbove(above, here);
      there = lineWithTextAbove(source, there);
      const key = above.keys[here];
      if (key === undefined || key !== source.keys[there]) break;
      strength += weight(key);
    }
    return strength;
  };
}

function lineWithTextAbove(source: Source, index: number): number {
  let at = index - 1;
  while (at >= 0 && source.keys[at] === "") at -= 1;
  return at;
}

function restOfLine(scene: Scene, source: Source, index: number, typed: string): readonly string[] {
  const whole = source.keys[index] ?? "";
  if (whole === scene.next) return [];
  const rest = whole.slice(typed.length);
  const first = /\s$/.test(scene.current) ? rest.trimStart() : rest;
  const line = indentOf(scene.current) + whole;
  return first === "" ? [] : [first, ...(opensBlock(line, scene.dialect) ? takeBlock(scene, source, index, line) : [])];
}

function weight(key: string): number {
  let letters = 0;
  for (const sign of key) if (/[\p{L}\p{N}]/u.test(sign)) letters += 1;
  return letters;
}
