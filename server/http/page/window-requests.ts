// What a process without the port tells the one that has it of its requests, for the page: numbers and codes, a line of JSON
// each, and no text.

import type { Socket } from "node:net";
import type { WindowRequest } from "../../../shared/page.ts";
import { objectOf, parseJson } from "../../runtime/json.ts";

/** A line is a few hundred. */
const maxLineUnits = 2_000;
/** What a process that does not read may leave waiting. */
const maxWaitingBytes = 64 * 1024;

export function tellRequest(socket: Socket, request: WindowRequest): void {
  if (socket.writable && socket.writableLength < maxWaitingBytes) socket.write(`${JSON.stringify(request)}\n`);
}

/** Ends the connection at the first line that is none. */
export function hearRequests(socket: Socket, onRequest: (request: WindowRequest) => void): void {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    // Nothing in a line is beyond ASCII.
    const lines = `${text}${chunk.toString("latin1")}`.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const request = readRequest(line);
      if (request === undefined) return void socket.destroy();
      onRequest(request);
    }
    if (text.length > maxLineUnits) socket.destroy();
  });
}

const optionalTimes = ["queueMs", "promptMs", "firstByteMs"] as const;
const isCode = (value: unknown): value is string => typeof value === "string" && /^[a-z-]{1,40}$/.test(value);
const isTime = (value: unknown): value is number => typeof value === "number" && value >= 0;

function readRequest(line: string): WindowRequest | undefined {
  const { pid, atMs, front, kind, outcome, source, totalMs, ...times } = objectOf(parseJson(line));
  const isWhole =
    [pid, atMs, totalMs].every(isTime) &&
    (front === "lsp" || front === "http") &&
    (kind === "completion" || kind === "edit") &&
    isCode(outcome) &&
    (source === undefined || isCode(source)) &&
    optionalTimes.every((name) => times[name] === undefined || isTime(times[name]));
  if (!isWhole) return undefined;
  const { queueMs, promptMs, firstByteMs } = times;
  return { pid, atMs, front, kind, outcome, source, queueMs, promptMs, firstByteMs, totalMs } as WindowRequest;
}
