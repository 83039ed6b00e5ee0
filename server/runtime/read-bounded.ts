// Reads files that this program did not write. A path may name anything: a FIFO without a writer (open blocks, and Node
// cannot exit while a thread of its pool is blocked), a device without an end, a sparse file of many gigabytes, a file on a
// mount that does not answer. So: regular files only, opened without blocking, no more bytes than asked for.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import type { Clock } from "../../shared/context.ts";
import { atMost } from "./cancel.ts";

/** Without `O_NONBLOCK` the opening of a FIFO waits for its other end. Windows has neither. */
const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** What is wrong with a file that can be opened. */
export class UnreadableFileError extends Error {
  readonly code: "not-a-file" | "too-large" | "timeout";

  constructor(code: UnreadableFileError["code"], message: string) {
    super(message);
    this.code = code;
  }
}

function check(found: Stats, maxBytes: number): void {
  if (found.isDirectory()) throw new UnreadableFileError("not-a-file", "it is a folder");
  if (!found.isFile()) throw new UnreadableFileError("not-a-file", "it is not a regular file");
  if (found.size > maxBytes) throw tooLarge(maxBytes);
}

function tooLarge(maxBytes: number): UnreadableFileError {
  return new UnreadableFileError("too-large", `it is larger than ${maxBytes} bytes`);
}

/**
 * The bytes of a regular file of at most `maxBytes`. Rejects with `UnreadableFileError`, or the system's error. With
 * `limit` it rejects after that time; an operation of the system that hangs is left behind then.
 */
export async function readBounded(
  path: string,
  maxBytes: number,
  limit?: { readonly clock: Clock; readonly timeoutMs: number },
): Promise<Buffer> {
  if (!limit) return readWhole(path, maxBytes);
  const { clock, timeoutMs } = limit;
  const failure = (): Error => new UnreadableFileError("timeout", `it was not read within ${timeoutMs} ms`);
  return atMost(clock, timeoutMs, readWhole(path, maxBytes), failure);
}

async function readWhole(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, flags);
  try {
    check(await file.stat(), maxBytes);
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(chunkBytes) });
      if (bytesRead === 0) return Buffer.concat(chunks);
      total += bytesRead;
      // It may grow while it is read, and files of /proc say that they are empty.
      if (total > maxBytes) throw tooLarge(maxBytes);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

const chunkBytes = 64 * 1024;

/** As `readBounded`, for what is needed before `initialize` can be answered. */
export function readBoundedSync(path: string, maxBytes: number): Buffer {
  const descriptor = openSync(path, flags);
  try {
    check(fstatSync(descriptor), maxBytes);
    const chunks: Buffer[] = [];
    for (let total = 0; ; ) {
      const buffer = Buffer.alloc(chunkBytes);
      const bytesRead = readSync(descriptor, buffer);
      if (bytesRead === 0) return Buffer.concat(chunks);
      total += bytesRead;
      if (total > maxBytes) throw tooLarge(maxBytes);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } finally {
    closeSync(descriptor);
  }
}
