// How a person types: bursts with a median time between keys, now and then a pause, oftener at the end of a line.

import type { Chance } from "./chance.ts";

const spread = 0.45;
const pauseMedianMs = 900;
const pauseSpread = 0.6;

/** `medianMs`: between two keys of a burst. */
export function gapMs(chance: Chance, medianMs: number, previousKey: string): number {
  const pauseShare = previousKey === "\n" ? 0.25 : previousKey === " " ? 0.04 : 0.015;
  return chance.next() < pauseShare ? chance.around(pauseMedianMs, pauseSpread) : chance.around(medianMs, spread);
}
