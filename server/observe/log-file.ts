// A log file that stays small: when it is full it becomes `NAME.1` and a new one is begun. Written at once, so that a
// crash keeps its last words. Several processes may append to one file; only this user may read it.

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { errorCode } from "../runtime/error-code.ts";
import { createLockFile } from "../runtime/lock-file.ts";
import { type LogSink, stampLine } from "./log.ts";

const maxFileBytes = 5 * 1024 * 1024;
const othersMask = 0o077;
/** Longer than a rotation takes. */
const staleLockMs = 10_000;
// Without O_NONBLOCK the opening of a FIFO waits for a reader.
const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0);

export interface LogFile {
  readonly sink: LogSink;
  close(): void;
}

/**
 * Throws when the file cannot be opened. Later failures, of writing or of rotating, end the file: `onFailure` is called
 * once, and the lines that follow go nowhere here.
 */
export function openLogFile(clock: Clock, path: string, onFailure: (error: unknown, line: string) => void): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let open: { readonly descriptor: number; readonly inode: number; readonly rotates: boolean } | undefined =
    openFile(path);
  const lock = createLockFile(`${path}.lock`, staleLockMs);

  const close = (): void => {
    if (open) closeSync(open.descriptor);
    open = undefined;
  };
  const reopen = (): void => {
    close();
    open = openFile(path);
  };

  /** Follows a rotation by another process, and rotates when the file is full. */
  const keepSmall = (current: NonNullable<typeof open>): void => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino !== current.inode) return reopen();
    if (found.size <= maxFileBytes) return;
    // While another process rotates it, this one goes on in the full file.
    if (!lock.take(clock.nowMs())) return;
    try {
      // Another process may have rotated before the lock was taken; its new file must not replace the full one.
      if (statSync(path, { throwIfNoEntry: false })?.ino === current.inode) renameSync(path, `${path}.1`);
    } finally {
      lock.release();
    }
    reopen();
  };

  return {
    sink(level, line) {
      if (!open) return;
      const text = stampLine(clock, level, line);
      try {
        if (open.rotates) keepSmall(open);
        if (open) writeAll(open.descriptor, text);
      } catch (error) {
        // A FIFO whose reader is slow loses a line; nothing waits for it.
        if (errorCode(error) === "EAGAIN") return;
        try {
          close();
        } finally {
          onFailure(error, line);
        }
      }
    },
    close,
  };
}

/** Devices and FIFOs are written to as they are: they are not rotated, and their mode is left alone. */
function openFile(path: string) {
  const descriptor = openSync(path, flags, 0o600);
  try {
    const found = fstatSync(descriptor);
    if (found.isFile()) {
      const user = process.getuid?.();
      if (user !== undefined && found.uid !== user) throw new Error(`${path} belongs to another user`);
      if (user !== undefined && (found.mode & othersMask) !== 0) fchmodSync(descriptor, 0o600);
    }
    return { descriptor, inode: found.ino, rotates: found.isFile() };
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function writeAll(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
