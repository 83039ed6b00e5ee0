// Reads source text from a file or a pipe: whole, UTF-8, within bounds.

import type { Readable } from "node:stream";
import type { Ctx } from "../../../shared/context.ts";
import { CopilotError } from "../../../shared/errors.ts";
import { untilAborted } from "../../runtime/cancel.ts";
import { readBounded, UnreadableFileError } from "../../runtime/read-bounded.ts";

const maxBytes = 10_000_000;

/** Throws `bad-request` for a file that cannot be read or is not UTF-8, `too-large` above 10 MB. */
export async function readTextFile(ctx: Ctx, path: string, shownName: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await untilAborted(ctx.signal, readBounded(path, maxBytes));
  } catch (error) {
    if (ctx.signal.aborted) throw ctx.signal.reason;
    if (error instanceof UnreadableFileError && error.code === "too-large") throw tooLarge(shownName);
    throw new CopilotError("bad-request", `${shownName} cannot be read: ${whyUnreadable(error)}.`, { cause: error });
  }
  return decode(bytes, shownName);
}

/** Everything until the stream ends. Throws as `readTextFile` does. */
export async function readStream(ctx: Ctx, stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  const reading = (async () => {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      total += bytes.length;
      if (total > maxBytes) throw tooLarge("Standard input");
      chunks.push(bytes);
    }
  })();
  await untilAborted(ctx.signal, reading);
  return decode(Buffer.concat(chunks), "Standard input");
}

function decode(bytes: Uint8Array, name: string): string {
  if (bytes.length > maxBytes) throw tooLarge(name);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CopilotError("bad-request", `${name} is not UTF-8 text.`, { cause: error });
  }
}

function tooLarge(name: string): CopilotError {
  return new CopilotError("too-large", `${name} is larger than ${maxBytes / 1_000_000} MB.`);
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  // A socket, or a FIFO that is opened for writing.
  if (code === "ENXIO") return "it is not a regular file";
  if (code === "EACCES" || code === "EPERM") return "this user may not read it";
  return error instanceof Error ? error.message : String(error);
}
