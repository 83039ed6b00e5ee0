// Whether a process of this machine is still there.

import { errorCode } from "./error-code.ts";

export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It is there, but belongs to somebody else.
    return errorCode(error) === "EPERM";
  }
}
