// Waits for the Enter key beside something else that is being waited for.

import type { Readable } from "node:stream";

/** Calls back once when Enter is pressed. Returns the way to stop listening, which is idempotent. */
export function onEnter(stdin: Readable, callback: () => void): () => void {
  const stop = (): void => {
    stdin.off("data", onData);
    stdin.pause();
  };
  const onData = (chunk: Buffer | string): void => {
    if (!/[\r\n]/.test(chunk.toString())) return;
    stop();
    callback();
  };
  stdin.on("data", onData);
  stdin.resume();
  return stop;
}
