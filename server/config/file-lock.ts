// Keeps two processes from writing the same file at once, as well as can be done without help of the system: a lock file
// that names its holder. After two seconds the holder is taken for dead, because nothing here takes that long.

import { unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "../runtime/error-code.ts";
import { readBoundedSync } from "../runtime/read-bounded.ts";

const attempts = 200;
const pauseMs = 10;
const maxLockBytes = 4_096;

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs);
}

function tryRead(path: string): string | undefined {
  try {
    // Somebody else may have put a FIFO there, which an ordinary read waits for.
    return readBoundedSync(path, maxLockBytes).toString("utf8");
  } catch {
    return undefined;
  }
}

/** Whether the process that wrote the lock is known to be gone; one on another machine never is. */
function isAbandoned(holder: string): boolean {
  const [pid = "", host = ""] = holder.split("\n");
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}

function remove(path: string, holder: string): void {
  // Not the lock that somebody else has put in its place meanwhile.
  if (tryRead(path) !== holder) return;
  try {
    unlinkSync(path);
  } catch {
    // Another one was quicker.
  }
}

/**
 * Runs `action` while holding the lock file `path`, whose folder must exist. Blocks for two seconds at most, then goes
 * ahead.
 */
export function withFileLock<T>(path: string, action: () => T): T {
  const own = `${process.pid}\n${hostname()}`;
  let taken = false;
  for (let attempt = 1; !taken && attempt <= attempts; attempt += 1) {
    try {
      writeFileSync(path, own, { flag: "wx", mode: 0o600 });
      taken = true;
    } catch (error) {
      // A folder that takes no lock file takes no other file either; the action will say so better.
      if (errorCode(error) !== "EEXIST") return action();
      const holder = tryRead(path);
      const lastTry = attempt === attempts;
      if (holder !== undefined && (lastTry || isAbandoned(holder))) remove(path, holder);
      else pause();
    }
  }
  try {
    return action();
  } finally {
    if (taken) remove(path, own);
  }
}
