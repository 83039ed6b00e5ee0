// What a process still holds, asked of itself: code that it loads before its own, which answers a signal, and which lets
// it end by itself instead of being ended, so that whatever would have kept it shows.

import { setTimeout as pause } from "node:timers/promises";
import type { SpawnedLspServer } from "../support/lsp-client.ts";

const mark = "held:";
const source = `
const tell = (when) => {
  const counts = {};
  for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  counts.listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  process.stderr.write("${mark}" + when + JSON.stringify(counts) + "\\n");
};
process.on("SIGUSR2", () => tell("asked"));
process.exit = (code) => { process.exitCode = code; tell("end"); };
`;

/** For the environment of the process. */
export const tellsWhatItHolds = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };

/** Its handles, timers and requests by kind, and the listeners on the process. */
export async function heldBy(server: SpawnedLspServer): Promise<string> {
  const count = told(server, "asked").length;
  server.process.kill("SIGUSR2");
  while (told(server, "asked").length === count) await pause(10);
  return told(server, "asked").at(-1) ?? "";
}

export interface End {
  /** What was held when the program was done. */
  readonly held: string;
  /** Undefined: something kept the process. */
  readonly endedAfterMs: number | undefined;
}

const patienceMs = 5_000;

/** Says farewell as an editor does, and sees whether the process ends without being ended. */
export async function endOf(server: SpawnedLspServer): Promise<End> {
  await server.shutdown();
  const startMs = performance.now();
  server.process.stdin.end();
  const hasEnded = await Promise.race([server.exited.then(() => true), pause(patienceMs, false)]);
  const endedAfterMs = hasEnded ? performance.now() - startMs : undefined;
  return { held: told(server, "end").at(-1) ?? "nothing was told", endedAfterMs };
}

function told(server: SpawnedLspServer, when: string): readonly string[] {
  const prefix = `${mark}${when}`;
  const lines = server.stderr().split("\n");
  return lines.filter((line) => line.startsWith(prefix)).map((line) => wordsOf(line.slice(prefix.length)));
}

function wordsOf(json: string): string {
  const counts = Object.entries(JSON.parse(json) as Record<string, number>);
  return counts.map(([name, count]) => `${count} ${name}`).join(", ");
}
