// One keystroke, a change and a request that memory answers, as documents grow, wherever the cursor is, and as more of
// them are open.

import { samples as texts } from "./documents.ts";
import { type Items, keystrokesAt } from "./keystrokes.ts";
import type { BenchSetting, Contestant } from "./setting.ts";
import { median, milliseconds, percentile, printTable } from "./statistics.ts";

const typed = "result.push(entry.t";
const linesPerFunction = 10;
const manyLines = 100_000;
/** How far down the cursor is. */
const depths: Readonly<Record<string, number>> = { start: 0, middle: 0.5, end: 1 };

export async function benchGrowth(setting: BenchSetting, rounds: number): Promise<void> {
  for (const contestant of setting.contestants) {
    const type = (size: Partial<Size>) =>
      keystrokes(setting, contestant, { lines: 500, documents: 1, depth: 0.5, ...size }, rounds);
    const byLines = await rowsOf([1_000, 10_000, manyLines], (lines) => type({ lines }));
    printTable(`${contestant.name}: one keystroke in a document of so many lines`, byLines);
    const byDepth = await rowsOf(Object.keys(depths), (place) => type({ lines: manyLines, depth: depths[place] ?? 0 }));
    printTable(`${contestant.name}: one keystroke in one of ${manyLines.toLocaleString("en")} lines, at its`, byDepth);
    const byDocuments = await rowsOf([10, 100, 1_000], (documents) => type({ documents }));
    printTable(`${contestant.name}: one keystroke with so many open documents`, byDocuments);
  }
}

interface Size {
  readonly lines: number;
  readonly documents: number;
  readonly depth: number;
}

async function rowsOf<T extends number | string>(
  sizes: readonly T[],
  measure: (size: T) => Promise<readonly number[]>,
) {
  const rows: (readonly string[])[] = [["", "median", "p95", "times the first"]];
  let first: number | undefined;
  for (const size of sizes) {
    const times = await measure(size);
    first ??= median(times);
    rows.push([
      size.toLocaleString("en"),
      milliseconds(median(times)),
      milliseconds(percentile(times, 0.95)),
      (median(times) / first).toFixed(2),
    ]);
  }
  return rows;
}

async function keystrokes(
  setting: BenchSetting,
  contestant: Contestant,
  size: Size,
  rounds: number,
): Promise<readonly number[]> {
  const server = await contestant.ready();
  const functions = Math.ceil(size.lines / linesPerFunction);
  for (let number = 1; number < size.documents; number += 1) {
    const { uri, text } = texts(number, functions);
    server.open(uri, text, { languageId: "javascript" });
  }
  const { uri, text, positions } = texts(0, functions);
  server.open(uri, text, { languageId: "javascript" });
  const here = positions[Math.round((positions.length - 1) * size.depth)] ?? { line: 0, character: 0 };
  const { items } = await server.inlineCompletion<Items>(uri, here).answer;
  if (items.length === 0) throw new Error(`${contestant.name} offered nothing to type through`);
  await setting.emulator.take();
  const keys = keystrokesAt(server, uri, here);
  const times: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    for (const character of typed) {
      const { tookMs } = await keys.type(character);
      if (round >= 0) times.push(tookMs);
    }
    for (let count = 0; count < typed.length; count += 1) {
      const { tookMs } = await keys.deleteBack();
      if (round >= 0) times.push(tookMs);
    }
  }
  const { bodyBytes } = await setting.emulator.take();
  if (bodyBytes.length > 0) console.log(`  (${contestant.name} asked the service ${bodyBytes.length} times meanwhile)`);
  await server.kill();
  return times;
}
