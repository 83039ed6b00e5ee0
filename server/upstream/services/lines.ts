// The JSON objects of a streamed answer, one by one: lines of JSON, or the data of server-sent events. Each line is an
// object of its own, for no service puts one on several. Knows no service.

import { CopilotError } from "../../../shared/errors.ts";
import { parseJson } from "../../runtime/json.ts";
import type { HttpResponse } from "../http/http-response.ts";

const bytesPerToken = 1_024;
const spareBytes = 256 * 1024;

/** The most bytes that the events of an answer of so many tokens can have. */
export function mostBytes(tokens: number): number {
  return spareBytes + tokens * bytesPerToken;
}

/** The stream ended before the answer had. */
export function brokeOff(host: string): CopilotError {
  return new CopilotError("upstream-failed", `${host} broke off in the middle of the completion.`, {
    advice: "Try again.",
  });
}

/** Ends with the body or after `[DONE]`. Leaving the loop closes the request. Throws `upstream-failed` above `maxBytes`. */
export async function* jsonLines(response: HttpResponse, maxBytes: number): AsyncGenerator<unknown, undefined> {
  // Leaves a byte order mark out, and keeps a character that is cut.
  const decoder = new TextDecoder();
  let bytes = 0;
  let rest = "";
  for await (const chunk of response.chunks()) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new CopilotError("upstream-failed", `${response.host} sent more than the completion can have.`);
    }
    // Only what is new is searched for line ends.
    const lines = decoder.decode(chunk, { stream: true }).split(/[\r\n]/);
    lines[0] = rest + (lines[0] ?? "");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isEnd(line)) {
        response.drain();
        return;
      }
      const json = parseLine(line);
      if (json !== undefined) yield json;
    }
  }
  const json = parseLine(rest + decoder.decode());
  if (json !== undefined) yield json;
}

function isEnd(line: string): boolean {
  return /^data: *\[DONE\]$/.test(line);
}

/** Undefined for what holds no object: comments, names of events, nonsense. */
function parseLine(line: string): unknown {
  // llama-server names an error in the middle of a stream by its field.
  const text = line.replace(/^(?:data|error): */, "");
  return text.startsWith("{") ? parseJson(text) : undefined;
}
