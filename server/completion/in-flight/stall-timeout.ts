// How long a stream may say nothing before whoever only shares it asks for himself: the rule by which TCP sends again.
// Usual time to the first words, and four times by how much that varies; twice as long after each stream that was given
// up, until one speaks, so that a service that has become slow is not asked again and again.

export interface Patience {
  /** How long, counted from when it was asked, or said something last. */
  ms(): number;
  /** A stream has begun to speak, so long after it was asked. */
  onFirstWords(tookMs: number): void;
  /** A stream was quiet for too long. */
  onGivenUp(): void;
}

const untilKnownMs = 1_000;
const leastMs = 500;
const mostMs = 8_000;
const usualShare = 1 / 8;
const variationShare = 1 / 4;
const variations = 4;

export function createPatience(): Patience {
  let usualMs: number | undefined;
  let variationMs = 0;
  let doubling = 1;

  return {
    ms() {
      const own = usualMs === undefined ? untilKnownMs : Math.max(leastMs, usualMs + variations * variationMs);
      return Math.min(mostMs, own * doubling);
    },
    onFirstWords(tookMs) {
      doubling = 1;
      if (usualMs === undefined) {
        usualMs = tookMs;
        variationMs = tookMs / 2;
        return;
      }
      variationMs += (Math.abs(tookMs - usualMs) - variationMs) * variationShare;
      usualMs += (tookMs - usualMs) * usualShare;
    },
    onGivenUp() {
      doubling *= 2;
    },
  };
}
