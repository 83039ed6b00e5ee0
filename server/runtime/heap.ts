// Sizing of V8's heap.

import { setFlagsFromString } from "node:v8";

/**
 * Keeps the young generation at 1 MB (V8 lets it grow to 48 MB and keeps it) and lets the old one grow to 1.5 times what
 * is in use instead of 4 times. A process that waits between keys gains nothing from more: 118 MB became 88 MB on Node
 * 20.20. Must be called before the first large allocation; V8 does not support changing flags later.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=50");
}
