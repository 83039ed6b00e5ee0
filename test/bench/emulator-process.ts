// The emulator in a process of its own, as the real service is: what it costs is not ours. Prints one line of JSON, then
// takes one command a line and answers each with a line; ends when its input does.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { startEmulator } from "../../server/emulator/emulator.ts";
import type { Call, ScriptedAnswer } from "../../server/emulator/types.ts";

export type EmulatorCommand =
  | { readonly do: "delays"; readonly firstByteDelayMs: number; readonly chunkDelayMs: number }
  /** `route`: that of completions where none is named. */
  | { readonly do: "script"; readonly route?: "chat-completions"; readonly answers: readonly ScriptedAnswer[] }
  /** The words of every answer; absent: the usual ones. */
  | { readonly do: "answer"; readonly text?: string }
  /** Requests for completions since the last time. */
  | { readonly do: "take" };

/** What came in since the last time. Times are milliseconds since the epoch, with fractions. */
export interface Taken {
  readonly bodyBytes: readonly number[];
  readonly ended: readonly { readonly how: string; readonly atMs: number }[];
  readonly inFlight: number;
}

const usualText = "    result.push(entry.trim());";

const [, , tlsFolder, protocol] = process.argv;
const read = (name: string): string => readFileSync(`${tlsFolder}/${name}`, "utf8");
const tls =
  tlsFolder === undefined
    ? undefined
    : { key: read("server.key"), cert: read("server.pem"), http2: protocol === "HTTP/2" };
const emulator = await startEmulator({ approval: "at-once", maxCalls: 2_000, ...(tls && { tls }) });
// Always something to offer, and no thinking: what is measured is the way there and back.
emulator.setModel(() => [usualText]);
process.stdout.write(`${JSON.stringify({ url: emulator.url, token: emulator.githubToken })}\n`);

let bodyBytes: number[] = [];
let ended: { how: string; atMs: number }[] = [];
const note = (call: Call): void => {
  bodyBytes.push(call.bodyBytes);
  void call.ended.then((how) => ended.push({ how, atMs: performance.timeOrigin + performance.now() }));
  void emulator.nextCall("completions").then(note);
};
void emulator.nextCall("completions").then(note);

const carryOut = (command: EmulatorCommand): unknown => {
  switch (command.do) {
    case "delays":
      return emulator.setDelays(command);
    case "script":
      return command.answers.forEach((answer) => emulator.script(command.route ?? "completions", answer));
    case "answer":
      return emulator.setModel(() => [command.text ?? usualText]);
    case "take": {
      const taken: Taken = { bodyBytes, ended, inFlight: emulator.inFlight() };
      bodyBytes = [];
      ended = [];
      return taken;
    }
  }
};

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  const result = carryOut(JSON.parse(line) as EmulatorCommand);
  process.stdout.write(`${JSON.stringify(result ?? null)}\n`);
});
lines.on("close", () => void emulator.close());
