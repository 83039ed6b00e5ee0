// How much memory V8 takes before it looks what can go. Left alone it grows the nursery, where objects are that die young,
// to 48 MB and keeps it, and lets the rest become four times what is in use. That saves this program no time while it
// lives between keys, for what a key leaves behind is small. Many requests at a time are another matter: each is alive
// while others fill the nursery, and is copied around all the more often the smaller it is.

import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import type { Clock } from "../../shared/context.ts";

export interface Nursery {
  /** A request was served, as one of possibly many. */
  served(): void;
}

// No person's program asks as often, but something that measures or works through a heap of files does.
const busyRequests = 256;
const busyMs = 10_000;
const requestsBetweenLooks = 32;
const enoughBytes = 16 * 1024 * 1024;

/** The nursery stays as small as it is, until a `Nursery` lets it grow; the rest has half as much again as it uses. */
export function keepHeapSmall(): void {
  keepNurserySmall();
  setFlagsFromString("--heap-growing-percent=50");
}

/** Lets the nursery grow to a size that is enough, once there are many requests at a time. One for each process. */
export function createNursery(clock: Clock): Nursery {
  let requests = 0;
  let sinceMs = clock.monotonicMs();
  let state: "small" | "growing" | "grown" = "small";
  return {
    served() {
      if (state === "grown") return;
      requests += 1;
      if (requests % requestsBetweenLooks !== 0) return;
      if (state === "growing") {
        if (nurseryBytes() < enoughBytes) return;
        state = "grown";
        keepNurserySmall();
      } else if (clock.monotonicMs() - sinceMs > busyMs) {
        requests = 0;
        sinceMs = clock.monotonicMs();
      } else if (requests >= busyRequests) {
        state = "growing";
        setFlagsFromString("--semi-space-growth-factor=2");
      }
    },
  };
}

function keepNurserySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
}

function nurseryBytes(): number {
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return nursery?.space_size ?? enoughBytes;
}
