// What next edits cost a completion: the same key with a question about the next edit beside it and without, in turns in one
// process, so that all else is equal. The service is another process, takes its time, and answers about edits with a line
// that is prepared, so that it works on nothing while the completion is under way.

import { samples as texts } from "../documents.ts";
import type { BenchSetting } from "../setting.ts";
import { createChance } from "../replay/chance.ts";
import { median, milliseconds, percentile, printTable } from "../statistics.ts";

const functions = 40;
const warmUpRounds = 20;
const firstByteMs = 40;
/** As fast as a model writes, and a line that leaves everything as it is. */
const pieces = { firstByteDelayMs: firstByteMs, chunkDelayMs: 2, choices: [Array.from({ length: 40 }, () => " ")] };

/**
 * `typed`: as editors ask, so that the service is asked when the typing rests. `by hand`: the service is asked about both at
 * the same moment. `arriving`: the completion is asked while the answer about the edit comes.
 */
const ways = ["alone", "typed", "by hand", "arriving"] as const;
type Way = (typeof ways)[number];
const names: Readonly<Record<Way, string>> = {
  alone: "no question about an edit",
  typed: "one, as editors ask at each key",
  "by hand": "one that is asked at the same moment",
  arriving: "one whose answer arrives meanwhile",
};

/** `rounds`: in each, every way is measured once, in another order. */
export async function benchBesideNextEdits(setting: BenchSetting, rounds: number): Promise<void> {
  const { emulator, contestants } = setting;
  const server = await contestants[0]?.ready({ COPILOT_LSP_EDITS_ENABLED: "on", COPILOT_LSP_EDITS_BURST: "0" });
  if (!server) throw new Error("there is no program to measure");
  await emulator.tell({ do: "delays", firstByteDelayMs: firstByteMs, chunkDelayMs: 0 });
  const { uri, text, positions } = texts(1, functions);
  server.open(uri, text, { languageId: "javascript" });
  let version = 1;

  /** A letter at the end of the line that the last one of this place is on. */
  async function press(way: Way, key: number): Promise<number> {
    const place = positions[key % positions.length] ?? { line: 0, character: 0 };
    const position = { ...place, character: place.character + Math.floor(key / positions.length) };
    version += 1;
    server?.notify("textDocument/didChange", {
      textDocument: { uri, version },
      contentChanges: [{ range: { start: position, end: position }, text: "v" }],
    });
    const after = { ...position, character: position.character + 1 };
    const context = { triggerKind: way === "typed" ? 2 : 1 };
    const params = { textDocument: { uri, version }, position: after, context };
    if (way === "by hand" || way === "arriving")
      await emulator.tell({ do: "script", route: "chat-completions", answers: [{ kind: "stream", ...pieces }] });
    const startedMs = performance.now();
    const edit = way === "alone" ? undefined : server?.send("textDocument/copilotInlineEdit", params);
    if (way === "arriving") await new Promise((resolve) => setTimeout(resolve, firstByteMs));
    const startMs = way === "arriving" ? performance.now() : startedMs;
    await server?.inlineCompletion(uri, after).answer;
    const tookMs = performance.now() - startMs;
    if (way === "typed") edit?.cancel();
    await edit?.answer.catch(() => undefined);
    return tookMs;
  }

  const times = new Map<Way, number[]>(ways.map((way) => [way, []]));
  const chance = createChance(1);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const order = ways.map((way) => ({ way, place: chance.next() })).toSorted((one, other) => one.place - other.place);
    for (const [index, { way }] of order.entries()) {
      const key = (round + warmUpRounds) * ways.length + index;
      const tookMs = await press(way, key);
      if (round >= 0) times.get(way)?.push(tookMs);
    }
  }
  const alone = times.get("alone") ?? [];
  const rows = ways.map((way) => {
    const own = times.get(way) ?? [];
    const added = own.map((value, index) => value - (alone[index] ?? 0));
    return [
      names[way],
      milliseconds(median(own)),
      milliseconds(percentile(own, 0.95)),
      way === "alone" ? "" : milliseconds(median(added)),
    ];
  });
  printTable(
    `Time of a completion beside a question about the next edit, ${rounds} of each, ${firstByteMs} ms to the first byte`,
    [["", "median", "p95", "added, median"], ...rows],
  );
  await emulator.tell({ do: "delays", firstByteDelayMs: 0, chunkDelayMs: 0 });
  await server.kill();
}
