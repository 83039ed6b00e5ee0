// A lock file: whoever creates it has the lock. It names its holder, so that the lock of a process that has ended without
// giving it back is taken away.

import { lstatSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "./error-code.ts";
import { isProcessAlive } from "./process-alive.ts";
import { readBoundedSync } from "./read-bounded.ts";

export interface LockFile {
  /** Whether this process has it now. One that was left behind is removed, for the next try. Throws errors of the system. */
  take(nowMs: number): boolean;
  release(): void;
}

const maxBytes = 4_096;

/** `staleMs`: longer than anybody needs the lock. The folder of `path` must exist. */
export function createLockFile(path: string, staleMs: number): LockFile {
  const own = `${process.pid}\n${hostname()}`;
  return {
    take(nowMs) {
      try {
        writeFileSync(path, own, { flag: "wx", mode: 0o600 });
        return true;
      } catch (error) {
        if (errorCode(error) !== "EEXIST") throw error;
        const found = lstatSync(path, { throwIfNoEntry: false });
        const isStale = found !== undefined && nowMs - found.mtimeMs > staleMs;
        if (isStale || isAbandoned(read(path))) rmSync(path, { force: true });
        return false;
      }
    },
    release() {
      // Not the one that another process put in its place, because this one took too long.
      if (read(path) === own) rmSync(path, { force: true });
    },
  };
}

function read(path: string): string {
  try {
    return readBoundedSync(path, maxBytes).toString("utf8");
  } catch {
    return "";
  }
}

/** Whether the holder is known to have ended; a process on another machine never is. */
function isAbandoned(holder: string): boolean {
  const [pid = "", host] = holder.split("\n");
  return host === hostname() && /^[1-9]\d*$/.test(pid) && !isProcessAlive(Number(pid));
}
