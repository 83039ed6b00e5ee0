// Reads a body as JSON, whatever its content type says, and names the place of what is wrong with it.

import { isUtf8 } from "node:buffer";
import { CopilotError } from "../../../shared/errors.ts";
import { readBody } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { findJsonFault } from "./json-fault.ts";

/** A value, or a promise of one. Throws `bad-request` for what is not UTF-8 or not JSON, and the errors of `readBody`. */
export function readJson(exchange: Exchange): unknown {
  const bytes = readBody(exchange);
  return bytes instanceof Promise ? bytes.then(parse) : parse(bytes);
}

function parse(bytes: Buffer): unknown {
  if (bytes.length === 0) {
    throw new CopilotError("bad-request", "The body is empty.", { advice: 'Send JSON such as {"prompt": "..."}.' });
  }
  if (!isUtf8(bytes)) throw new CopilotError("bad-request", "The body is not valid UTF-8.");
  const decoded = bytes.toString("utf8");
  // Some programs put a byte order mark first.
  const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  try {
    return JSON.parse(text);
  } catch {
    const { line, column, message } = findJsonFault(text);
    // The parser's own words quote the text, which may be anybody's source.
    throw new CopilotError("bad-request", `The body is not valid JSON: ${message} at line ${line}, column ${column}.`);
  }
}
