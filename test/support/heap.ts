// What a program keeps alive, whatever it has used meanwhile.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of this thread's heap that something holds on to. */
export function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  // What the first round lets go of may have held on to more.
  for (let round = 0; round < 3; round += 1) if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
