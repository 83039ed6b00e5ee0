// What next edits cost a completion: the same keys with and without a question about the next edit beside each, in turns, in
// processes of their own; and the memory of each when all keys are pressed. Editors ask by themselves, so that the service is
// asked when the typing rests; asked by hand at each key, prompt and answer of the edit are worked on at the same moment,
// here and in the emulator.

import { setTimeout as sleep } from "node:timers/promises";
import { samples as texts } from "../documents.ts";
import { type BenchSetting, residentMb } from "../setting.ts";
import { median, milliseconds, percentile, printTable } from "../statistics.ts";

const functions = 40;
const warmUpKeys = 20;
/** So often the typing rests long enough for the service to be asked. */
const keysPerRest = 20;
const restMs = 800;
const triggers = { typed: 2, "by hand": 1 } as const;

interface Side {
  readonly name: string;
  readonly times: number[];
  /** One key, and the completion that it asks for. */
  press(key: number): Promise<number>;
  residentMb(): number;
  close(): Promise<void>;
}

/** `keys`: each is asked for once by both. */
export async function benchBesideNextEdits(setting: BenchSetting, keys: number): Promise<void> {
  const sides = [
    await openSide(setting, "alone", undefined),
    await openSide(setting, "beside next edits, as editors ask", "typed"),
    await openSide(setting, "beside next edits, by hand at each key", "by hand"),
  ];
  for (let key = -warmUpKeys; key < keys; key += 1) {
    if (key % keysPerRest === 0) await sleep(restMs);
    // Who goes first has the other's work behind it.
    for (const side of key % 2 === 0 ? sides : sides.toReversed()) {
      const tookMs = await side.press(key + warmUpKeys);
      if (key >= 0) side.times.push(tookMs);
    }
  }
  const rows = sides.map(({ name, times, residentMb: resident }) => [
    name,
    milliseconds(median(times)),
    milliseconds(percentile(times, 0.95)),
    `${resident().toFixed(1)} MB`,
  ]);
  printTable(`Time of a completion beside next edits, ${keys} keys`, [["", "median", "p95", "resident"], ...rows]);
  for (const side of sides) await side.close();
}

async function openSide(setting: BenchSetting, name: string, asks: keyof typeof triggers | undefined): Promise<Side> {
  const [contestant] = setting.contestants;
  if (!contestant) throw new Error("there is no program to measure");
  const server = await contestant.ready({ COPILOT_LSP_EDITS_ENABLED: "on", COPILOT_LSP_EDITS_BURST: "0" });
  const { uri, text, positions } = texts(1, functions);
  server.open(uri, text, { languageId: "javascript" });
  let version = 1;
  return {
    name,
    times: [],
    async press(key) {
      const position = positions[key % positions.length] ?? { line: 0, character: 0 };
      version += 1;
      server.notify("textDocument/didChange", {
        textDocument: { uri, version },
        contentChanges: [{ range: { start: position, end: position }, text: "v" }],
      });
      const after = { ...position, character: position.character + 1 };
      const startMs = performance.now();
      const edit =
        asks &&
        server.send("textDocument/copilotInlineEdit", {
          textDocument: { uri, version },
          position: after,
          context: { triggerKind: triggers[asks] },
        });
      await server.inlineCompletion(uri, after).answer.catch(() => undefined);
      const tookMs = performance.now() - startMs;
      // What an editor asked by itself is answered when the next key comes.
      if (asks === "by hand") await edit?.answer;
      else edit?.answer.catch(() => undefined);
      return tookMs;
    },
    residentMb: () => residentMb(server.process.pid),
    close: () => server.kill(),
  };
}
