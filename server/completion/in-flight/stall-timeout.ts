// How long a shared stream may be quiet before a waiter asks for itself: the retransmission timeout of TCP (RFC 6298).
// Smoothed time to the first text plus four times its variation, doubled after each stream that was given
// up until one answers, so that a service that has become slow is not asked again and again.

export interface StallTimeout {
  /** How long, counted from when it was asked, or said something last. */
  ms(): number;
  /** The first text of a stream has come, so long after it was asked. */
  onFirstText(tookMs: number): void;
  /** A stream was quiet for too long. */
  onGivenUp(): void;
}

const untilKnownMs = 1_000;
const leastMs = 500;
const mostMs = 8_000;
const usualShare = 1 / 8;
const variationShare = 1 / 4;
const variations = 4;

/** `minMs`: no shorter silence counts, whatever was measured: a model may be loaded first. */
export function createStallTimeout(minMs = 0): StallTimeout {
  let usualMs: number | undefined;
  let variationMs = 0;
  let doubling = 1;

  return {
    ms() {
      const own = usualMs === undefined ? untilKnownMs : Math.max(leastMs, usualMs + variations * variationMs);
      return Math.max(minMs, Math.min(mostMs, own * doubling));
    },
    onFirstText(tookMs) {
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
