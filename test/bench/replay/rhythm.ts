// How a person types: bursts with a median of 120 ms between keys, now and then a pause, oftener at the end of a line.

import type { Chance } from "./chance.ts";

const medianMs = 120;
const spread = 0.45;
const pauseMedianMs = 900;
const pauseSpread = 0.6;

export function gapMs(chance: Chance, previousKey: string): number {
  const pauseShare = previousKey === "\n" ? 0.25 : previousKey === " " ? 0.04 : 0.015;
  return chance.next() < pauseShare ? chance.around(pauseMedianMs, pauseSpread) : chance.around(medianMs, spread);
}
