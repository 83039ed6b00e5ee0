// A log file that stays small: when it is full it becomes `NAME.1` and a new one is begun. Written at once, so that a
// crash keeps its last words; only this user may read it.

import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../shared/context.ts";
import { type LogSink, stampLine } from "./log.ts";

const maxFileBytes = 5 * 1024 * 1024;

export interface LogFile {
  readonly sink: LogSink;
  close(): void;
}

/** Throws when the file cannot be opened; later failures to write are swallowed, since there is nowhere to tell. */
export function openLogFile(clock: Clock, path: string): LogFile {
  mkdirSync(dirname(path), { recursive: true });
  let descriptor: number | undefined = openSync(path, "a", 0o600);
  let bytes = fstatSync(descriptor).size;

  const turnOver = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
    renameSync(path, `${path}.1`);
    descriptor = openSync(path, "a", 0o600);
    bytes = 0;
  };

  return {
    sink(level, line) {
      if (descriptor === undefined) return;
      try {
        bytes += writeSync(descriptor, stampLine(clock, level, line));
        if (bytes > maxFileBytes) turnOver();
      } catch {
        // A full disk must not end a completion.
      }
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
