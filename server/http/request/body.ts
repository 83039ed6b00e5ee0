// Reads the body of a request within its limits of size. Node's `requestTimeout` limits its time. Does not know what is
// in it.

import { CopilotError } from "../../../shared/errors.ts";
import { HttpError } from "../response/problem.ts";
import type { RequestContext } from "./request-context.ts";

function tooLarge(maxBytes: number): CopilotError {
  return new CopilotError("too-large", `The body is larger than ${maxBytes} bytes.`, {
    advice: "Send less text, or raise the setting http.maxBodyBytes.",
  });
}

/**
 * The whole body. Throws `too-large` (by `Content-Length` before it is read, else by counting), `unsupported` for a
 * compressed one, and the signal's reason when the client leaves or is too slow.
 */
export async function readBody({ ctx, request, response, settings, expectsContinue }: RequestContext): Promise<Buffer> {
  const { maxBodyBytes } = settings;
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new HttpError(415, "unsupported", `The body is encoded as ${encoding}.`, { advice: "Send it as it is." });
  }
  if (Number(request.headers["content-length"] ?? Number.NaN) > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (ctx.signal.aborted) throw ctx.signal.reason;
  if (expectsContinue) response.writeContinue();

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (): void => {
      ctx.signal.removeEventListener("abort", leave);
      request.off("data", take);
      request.off("end", finish);
    };
    const fail = (error: unknown): void => {
      settle();
      // What still comes is discarded by the code that answers.
      request.pause();
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) fail(tooLarge(maxBodyBytes));
      else chunks.push(chunk);
    };
    const finish = (): void => {
      settle();
      resolve(Buffer.concat(chunks, bytes));
    };
    const leave = (): void => fail(ctx.signal.reason);
    ctx.signal.addEventListener("abort", leave, { once: true });
    request.on("data", take);
    request.on("end", finish);
  });
}
