// Chance that is the same in every run.

export interface Chance {
  /** 0 to 1. */
  next(): number;
  /** Log-normal, by its median. */
  around(median: number, spread: number): number;
}

/** Mulberry32. */
export function createChance(seed: number): Chance {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    around(median, spread) {
      // Box and Muller; never the logarithm of 0.
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      return median * Math.exp(spread * normal);
    },
  };
}

/** 0 to 1, always the same for the same words. */
export function chanceOf(...words: readonly (string | number)[]): number {
  let hash = 2_166_136_261;
  for (const unit of words.join("|")) hash = Math.imul(hash ^ (unit.codePointAt(0) ?? 0), 16_777_619);
  return createChance(hash).next();
}
