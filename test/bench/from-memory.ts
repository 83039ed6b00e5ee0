// Answers that need no service: a suggestion typed through, deleted back into, and a place asked again. Time from the
// key to the answer, and how many requests the service saw meanwhile, which should be none.

import { samples as texts } from "./documents.ts";
import { type Items, keystrokesAt } from "./keystrokes.ts";
import type { BenchSetting, Contestant } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

const typed = "result.push(entry.t";

export async function benchMemoryAnswers(setting: BenchSetting, rounds: number): Promise<void> {
  const rows: (readonly string[])[] = [["", "median", "p95", "answers", "requests meanwhile"]];
  for (const contestant of setting.contestants) {
    for (const [name, functions] of [
      ["40 lines", 4],
      ["1,100 lines", 120],
    ] as const) {
      for (const [what, measured] of Object.entries(await measure(setting, contestant, functions, rounds))) {
        const { times, requests } = measured;
        rows.push([
          `${contestant.name}, ${name}: ${what}`,
          milliseconds(median(times)),
          milliseconds(percentile(times, 0.95)),
          String(times.length),
          String(requests),
        ]);
      }
    }
  }
  printTable("Answers from memory, key to answer", rows);
}

interface Measured {
  readonly times: number[];
  requests: number;
}

async function measure(setting: BenchSetting, contestant: Contestant, functions: number, rounds: number) {
  const through: Measured = { times: [], requests: 0 };
  const back: Measured = { times: [], requests: 0 };
  const again: Measured = { times: [], requests: 0 };
  const requests = async (): Promise<number> => (await setting.emulator.take()).bodyBytes.length;
  const server = await contestant.ready();
  for (let round = -2; round < rounds; round += 1) {
    const { uri, text, positions } = texts(1_000 + round, functions);
    server.open(uri, text, { languageId: "javascript" });
    const [here = { line: 0, character: 0 }, there = here] = [positions.at(-1), positions.at(-2)];
    const offered = await server.inlineCompletion<Items>(uri, here).answer;
    if (offered.items.length === 0) throw new Error(`${contestant.name} offered nothing to type through`);
    await requests();
    const keys = keystrokesAt(server, uri, here);
    for (const character of typed) {
      const { tookMs, items } = await keys.type(character);
      if (items.length === 0) throw new Error(`${contestant.name} lost the suggestion while it was typed`);
      if (round >= 0) through.times.push(tookMs);
    }
    through.requests += await requests();
    for (let count = 0; count < typed.length; count += 1) {
      const { tookMs } = await keys.deleteBack();
      if (round >= 0) back.times.push(tookMs);
    }
    back.requests += await requests();
    await server.inlineCompletion(uri, there).answer;
    await requests();
    const startMs = performance.now();
    await server.inlineCompletion(uri, here).answer;
    if (round >= 0) again.times.push(performance.now() - startMs);
    again.requests += await requests();
    server.notify("textDocument/didClose", { textDocument: { uri } });
  }
  await server.kill();
  return { "typed through": through, "deleted back": back, "asked again": again };
}
