// What next edits keep in memory: the same changes of one document in a process that is asked for them and in one that is
// not. What the first question loads is told apart from what a thousand of them leave behind.

import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { InlineEditResult } from "../../../shared/lsp.ts";
import type { Position, SpawnedLspServer } from "../../support/lsp-client.ts";
import { samples as texts } from "../documents.ts";
import type { BenchSetting } from "../setting.ts";
import { median, printTable } from "../statistics.ts";

const names = 100;
/** After so many edits it is looked at. */
const looks = [0, 1, 100, 1_000] as const;
const mark = "heap:";
/** Code that the process loads before its own: answers a signal with its heap, once what nobody needs has been collected. */
const source = `
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
process.on("SIGUSR2", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  for (let round = 0; round < 4; round += 1) collect();
  process.stderr.write("${mark}" + process.memoryUsage().heapUsed + "\\n");
});
`;
const tellsItsHeap = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(source)}` };

interface Look {
  readonly residentMb: number;
  readonly heapMb: number;
}

export async function benchNextEditMemory(setting: BenchSetting, rounds: number): Promise<void> {
  const sides = { "not asked for": [] as (readonly Look[])[], "asked for": [] as (readonly Look[])[] };
  for (let round = 0; round < rounds; round += 1) {
    sides["not asked for"].push(await measure(setting, false));
    sides["asked for"].push(await measure(setting, true));
  }
  const table = (title: string, of: (look: Look) => number): void => {
    const at = (side: keyof typeof sides, place: number): number =>
      median(sides[side].map((measured) => of(measured[place] ?? { residentMb: Number.NaN, heapMb: Number.NaN })));
    const row = (name: string, value: (place: number) => number): readonly string[] => [
      name,
      ...looks.map((_count, place) => `${value(place).toFixed(1)} MB`),
    ];
    printTable(`${title}, medians of ${rounds} processes of each, after so many edits`, [
      ["", ...looks.map((count) => count.toLocaleString("en"))],
      row("not asked for", (place) => at("not asked for", place)),
      row("asked for", (place) => at("asked for", place)),
      row("difference", (place) => at("asked for", place) - at("not asked for", place)),
    ]);
  };
  table("Resident memory beside next edits, without the pages of files", ({ residentMb }) => residentMb);
  table("Heap in use beside next edits, when collected", ({ heapMb }) => heapMb);
}

/** A person who renames one name after the other, makes the edit that follows, and takes back every second one. */
async function measure(setting: BenchSetting, isAsked: boolean): Promise<readonly Look[]> {
  const server = setting.spawn({
    ...tellsItsHeap,
    COPILOT_LSP_EDITS_ENABLED: "on",
    COPILOT_LSP_EDITS_BURST: "0",
  });
  await server.initialize({ processId: process.pid, rootUri: null, capabilities: {} });
  const other = texts(1, 20);
  server.open(other.uri, other.text, { languageId: "javascript" });
  await server.inlineCompletion(other.uri, other.positions[0] ?? { line: 0, character: 0 }).answer;
  const uri = "file:///bench/names.js";
  const lines = Array.from({ length: names }, (_name, index) => [`let a${index} = 1;`, `use(a${index});`, "", "", ""]);
  server.open(uri, lines.flat().join("\n"), { languageId: "javascript" });
  let version = 1;
  const change = (start: Position, end: Position, text: string): void => {
    version += 1;
    const contentChanges = [{ range: { start, end }, text }];
    server.notify("textDocument/didChange", { textDocument: { uri, version }, contentChanges });
  };
  const seen: Look[] = [await look(server)];
  for (let count = 0; count < (looks.at(-1) ?? 0); count += 1) {
    const index = count % names;
    const line = index * 5;
    const letter = (turn: number): string => String.fromCharCode(97 + turn);
    const turn = Math.floor(count / names);
    change({ line, character: 4 }, { line, character: 5 }, letter(turn + 1));
    const use = { line: line + 1, character: 4 };
    if (isAsked) {
      const { edits, reason } = await server.request<InlineEditResult>("textDocument/copilotInlineEdit", {
        textDocument: { uri, version },
        position: { line, character: 5 },
        context: { triggerKind: 1 },
      });
      const wanted = `use(${letter(turn + 1)}${index});`;
      if (edits[0]?.text !== wanted)
        throw new Error(`"${edits[0]?.text ?? reason}" was offered instead of "${wanted}"`);
    }
    const end = { ...use, character: 5 };
    change(use, end, letter(turn + 1));
    // Taken back, and done by hand.
    if (count % 2 === 1) {
      change(use, end, letter(turn));
      change(use, end, letter(turn + 1));
    }
    if (looks.some((one) => one === count + 1)) seen.push(await look(server));
  }
  await server.kill();
  return seen;
}

async function look(server: SpawnedLspServer): Promise<Look> {
  const told = (): readonly string[] =>
    server
      .stderr()
      .split("\n")
      .filter((line) => line.startsWith(mark));
  // Everything that was sent has been read when a request behind it is answered.
  await server.request("checkStatus", {});
  const residentMb =
    Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))?.[1]) / 1024;
  const count = told().length;
  server.process.kill("SIGUSR2");
  while (told().length === count) await pause(10);
  return { residentMb, heapMb: Number(told().at(-1)?.slice(mark.length)) / 1024 / 1024 };
}
