// Takes the body of a request off the wire within its bounds of size and time. Does not know what is in it.

import { CopilotError } from "../../../shared/errors.ts";
import type { Exchange } from "./exchange.ts";
import { HttpError } from "../response/problem.ts";

function tooLarge(maxBytes: number): CopilotError {
  return new CopilotError("too-large", `The body is larger than ${maxBytes} bytes.`, {
    advice: "Send less text, or raise the setting http.maxBodyBytes.",
  });
}

/**
 * The whole body, at once if it is here. Throws `too-large` (by `Content-Length` before it is read, else by counting), `request-timeout`,
 * `unsupported` for a compressed one, and the signal's reason when the client leaves.
 */
export function readBody(exchange: Exchange): Buffer | Promise<Buffer> {
  const { ctx, request, response, settings, clock } = exchange;
  const { maxBodyBytes } = settings;
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding.toLowerCase() !== "identity") {
    throw new HttpError(415, "unsupported", `The body is encoded as ${encoding}.`, { advice: "Send it as it is." });
  }
  const announced = Number(request.headers["content-length"] ?? Number.NaN);
  if (announced > maxBodyBytes) throw tooLarge(maxBodyBytes);
  if (ctx.signal.aborted) return Promise.reject(ctx.signal.reason);
  if (exchange.expectsContinue) response.writeContinue();

  // All of it came with the head: nothing to wait for, and no deadline. Node tells of the end only after the last bytes.
  if (request.complete || request.readableLength === announced) {
    const whole: Buffer | null = request.read();
    exchange.body.isTaken = true;
    request.resume();
    if (whole && whole.length > maxBodyBytes) throw tooLarge(maxBodyBytes);
    return whole ?? Buffer.alloc(0);
  }

  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const settle = (): void => {
      deadline.cancel();
      ctx.signal.removeEventListener("abort", leave);
      request.off("data", take);
      request.off("end", finish);
    };
    const fail = (error: unknown): void => {
      settle();
      // What still comes is for the one who answers to throw away.
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
    const deadline = clock.after(settings.limits.bodyTimeoutMs, () =>
      fail(new HttpError(408, "request-timeout", "The body did not arrive in time.")),
    );
    ctx.signal.addEventListener("abort", leave, { once: true });
    request.on("data", take);
    request.on("end", finish);
  });
}
