// Reads a body as JSON, whatever its content type says.

import { isUtf8 } from "node:buffer";
import { CopilotError } from "../../../shared/errors.ts";
import { readBody } from "./body.ts";
import type { RequestContext } from "./request-context.ts";

/** Throws `bad-request` for what is not UTF-8 or not JSON, and the errors of `readBody`. */
export async function readJson(context: RequestContext): Promise<unknown> {
  const bytes = await readBody(context);
  if (bytes.length === 0) {
    throw new CopilotError("bad-request", "The body is empty.", { advice: 'Send JSON such as {"prompt": "..."}.' });
  }
  if (!isUtf8(bytes)) throw new CopilotError("bad-request", "The body is not valid UTF-8.");
  try {
    // Some programs put a byte order mark first.
    return JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
  } catch (error) {
    throw new CopilotError("bad-request", `The body is not valid JSON: ${faultOf(error)}.`);
  }
}

/** V8's message without the text that it quotes, which may be anybody's source, and the same in each version of V8. */
function faultOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, (?:\.{3})?"[^]*$/, "").replace(/ \(line \d+ column \d+\)$/, "");
}
