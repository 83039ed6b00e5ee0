// How much memory V8 takes before it looks what can go. Left alone it grows the nursery, where objects are that die young,
// to 48 MB and keeps it, and lets the rest become four times what is in use. That saves this program no time while it
// lives between keys, for what a key leaves behind is small. Many requests at a time are another matter: each is alive
// while others fill the nursery, and is copied around all the more often the smaller it is.

import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";
import type { Clock, Timer } from "../../shared/context.ts";

export interface Nursery {
  /** A request was served, as one of possibly many. */
  served(): void;
}

// No person's program asks as often, but something that measures or works through a heap of files does.
const busyRequests = 256;
const busyMs = 5_000;
// As V8 counts it: room for 8 MB of new objects, and as much again to copy what is alive of them to.
const enoughBytes = 16 * 1024 * 1024;
// From 1 MB in one step: what grew little by little would still be growing after a hundred thousand requests.
const growth = 8;

/** The nursery stays as small as it is, until a `Nursery` lets it grow; the rest has half as much again as it uses. */
export function keepHeapSmall(): void {
  letNurseryGrow(1);
  setFlagsFromString("--heap-growing-percent=50");
}

/**
 * Lets the nursery grow while there are many requests at a time. V8 makes it small again when little is going on. One for
 * each process.
 */
export function createNursery(clock: Clock): Nursery {
  let requests = 0;
  let sinceMs = clock.monotonicMs();
  /** There while it may grow. */
  let stopping: Timer | undefined;
  const stop = (): void => {
    stopping?.cancel();
    stopping = undefined;
    letNurseryGrow(1);
  };
  return {
    served() {
      requests += 1;
      if (requests < busyRequests) return;
      const isBusy = clock.monotonicMs() - sinceMs < busyMs;
      requests = 0;
      sinceMs = clock.monotonicMs();
      const mayGrow = isBusy && nurseryBytes() < enoughBytes;
      if (mayGrow === (stopping !== undefined)) return;
      if (mayGrow) {
        letNurseryGrow(growth);
        // The next look may never come, and what an editor asks would let it grow on without end.
        stopping = clock.after(busyMs, stop);
      } else stop();
    },
  };
}

/** `factor`: how many times as large it becomes when much of it is alive at once; 1 is not at all. */
function letNurseryGrow(factor: number): void {
  setFlagsFromString(`--semi-space-growth-factor=${factor}`);
}

function nurseryBytes(): number {
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return nursery?.space_size ?? enoughBytes;
}
