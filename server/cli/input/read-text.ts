// Reads source text from a file or a pipe: whole, UTF-8, within bounds.

import type { Readable } from "node:stream";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { errorCode } from "../../runtime/error-code.ts";
import { readBounded, UnreadableFileError } from "../../runtime/read-bounded.ts";

export const maxTextBytes = 10_000_000;

/** Throws `bad-request` for a file that cannot be read or is not UTF-8, `too-large` above 10 MB. */
export async function readTextFile(ctx: Ctx, path: string, shownName: string): Promise<string> {
  return decode(await readBytes(ctx, path, shownName), shownName);
}

async function readBytes(ctx: Ctx, path: string, shownName: string): Promise<Uint8Array> {
  try {
    return await untilAborted(ctx.signal, readBounded(path, maxTextBytes));
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    if (error instanceof UnreadableFileError && error.code === "too-large") throw tooLarge(shownName);
    throw new CopilotError("bad-request", `${shownName} cannot be read: ${whyUnreadable(error)}.`, { cause: error });
  }
}

/** As `readTextFile`, with the byte order mark where there is one: for what is to fit the file's bytes. */
export async function readExactTextFile(ctx: Ctx, path: string, shownName: string): Promise<string> {
  return decode(await readBytes(ctx, path, shownName), shownName, { keepsMark: true });
}

/** Everything until the stream ends. Throws as `readTextFile` does. */
export async function readStream(ctx: Ctx, stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  const reading = (async () => {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      if (total > maxTextBytes) throw tooLarge("Standard input");
      chunks.push(bytes);
    }
  })();
  await untilAborted(ctx.signal, reading);
  return decode(Buffer.concat(chunks), "Standard input");
}

/** Throws `bad-request` for what is not UTF-8, `too-large` above 10 MB. */
export function decode(bytes: Uint8Array, name: string, { keepsMark = false } = {}): string {
  if (bytes.length > maxTextBytes) throw tooLarge(name);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: keepsMark }).decode(bytes);
  } catch (error) {
    throw new CopilotError("bad-request", `${name} is not UTF-8 text.`, { cause: error });
  }
}

export function tooLarge(name: string): CopilotError {
  return new CopilotError("too-large", `${name} is larger than ${maxTextBytes / 1_000_000} MB.`);
}

function whyUnreadable(error: unknown): string {
  const code = errorCode(error);
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  // A socket, or a FIFO that is opened for writing.
  if (code === "ENXIO") return "it is not a regular file";
  if (code === "EACCES" || code === "EPERM") return "this user may not read it";
  return error instanceof Error ? error.message : String(error);
}
